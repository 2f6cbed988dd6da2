"""What a project's check may not do, whoever has written it and whoever audits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.project_checks import load
from gnkmigrate.audit.reader import reader
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.audit.support import audited
from tests.run.hostile import Hostile, hostile
from tests.support import execute, rows

HEAD = """\
-- ---
-- id = "SHOP-001"
-- title = "Nobody is called as nobody is"
-- severity = "low"
-- object = "public.users"
-- one = "One user."
-- many = "COUNT users."
-- ---
"""
USERS = (
    "CREATE TABLE users (id int PRIMARY KEY, name varchar(20)); INSERT INTO users VALUES (1, 'A')"
)
ATTACKS = {
    "several statements": (
        "SELECT 1) AS a; COMMIT; CREATE TABLE public.mine (); SELECT count(*) FROM (SELECT 1",
        "it holds several statements; a check is one SELECT",
    ),
    "a program": (
        "SELECT 1) AS found; COPY (SELECT 1) TO PROGRAM 'touch {file}'; SELECT 1 FROM (SELECT 1",
        "it holds several statements; a check is one SELECT",
    ),
    "a program at once": ("COPY (SELECT 1) TO PROGRAM 'touch {file}'", "syntax error at or near"),
    "the role is taken back": (
        "SELECT pg_catalog.set_config('role', 'none', true), pg_read_file('{file}')",
        "a check may not use set_config",
    ),
    "the session is taken back, in capitals and a limit": (
        "SELECT 1 LIMIT length(SET_CONFIG/**/('session_authorization', 'postgres', true))",
        "a check may not use set_config",
    ),
    "hidden letters": (
        "SELECT U&\"\\0073et_config\"('role', 'none', true)",
        "a check may not use U& or nested comments,",
    ),
    "SQL in a text": (
        "SELECT query_to_xml('SELECT set_' || 'config(''role'', ''none'', true)', true, true, '')",
        "a check may not use query_to_xml",
    ),
    "SQL in a search": (
        "SELECT * FROM ts_stat('SELECT set_' || 'config(''role'', ''none'', true)::tsvector')",
        "a check may not use ts_stat",
    ),
    "a file is read": ("SELECT pg_read_file('PG_VERSION')", "permission denied for function"),
    "a file is written": (
        "SELECT lo_export(lo_create(0), '{file}')",
        "a check may not use lo_create or lo_export",
    ),
    "a backend is ended": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid}",
        "a check may not use pg_terminate_backend",
    ),
    "the settings are read anew": ("SELECT pg_reload_conf()", "permission denied for function"),
    "passwords, by the number of their table": (
        "SELECT table_to_xml(1260::oid::regclass, true, false, '')::text",
        "a check may not use table_to_xml",
    ),
    "passwords, as statistics have them": (
        "SELECT stavalues1::text FROM pg_statistic WHERE starelid = 1260",
        "a check may not use pg_statistic",
    ),
    "passwords": ("SELECT rolpassword FROM pg_authid", "a check may not use pg_authid"),
    "a row is written": (
        "WITH gone AS (DELETE FROM public.users RETURNING id) SELECT * FROM gone",
        "WITH clause containing a data-modifying statement must be at the top level",
    ),
    "a function of others": (
        "SELECT trap.rise()",
        "a check may not use rise",
    ),
    "a function of others, in the dark": (
        'SELECT "trap" /* here */ . -- and there\n rise()',
        "a check may not use rise",
    ),
    "a function of others, deeper in the dark": (
        "SELECT trap/* /* */ */.rise()",
        "a check may not use U& or nested comments",
    ),
    "an operator of others": (
        "SELECT 1 OPERATOR ( trap.+) 2",
        "a check may not use an operator of schema trap",
    ),
    "a lock for as long as it likes": (
        "SELECT pg_advisory_lock(1)::text",
        "a check may not use pg_advisory_lock",
    ),
    "a lock": (
        "SELECT id FROM public.users FOR UPDATE",
        "cannot execute SELECT FOR UPDATE in a read-only transaction",
    ),
    "a table without its schema": (
        "SELECT id FROM users",
        'relation "users" does not exist; checks run with search_path pg_catalog: write ',
    ),
}


@pytest.fixture
def enemy(database: DatabaseUrl) -> Iterator[Hostile]:
    execute(database, f"{USERS}; GRANT CREATE ON SCHEMA public TO PUBLIC")
    with hostile(database) as role:
        yield role


def outcome(database: DatabaseUrl, folder: Path, query: str, role: str | None = None) -> str:
    """Why the check has not run; empty where it has."""
    (folder / "check.sql").write_text(HEAD + query)
    policy = replace(Policy(project_checks=load(folder)), role=role)
    result = audited(database, policy=policy)
    return "".join(missed.reason for missed in result.not_run if missed.check == "SHOP-001")


@pytest.mark.parametrize("name", ATTACKS)
def test_it_has_no_effect_and_says_why(
    database: DatabaseUrl, enemy: Hostile, tmp_path: Path, name: str
) -> None:
    query, reason = ATTACKS[name]
    file = tmp_path / "written"
    with connect(database) as victim:
        given = query.replace("{file}", str(file)).replace("{pid}", str(victim.info.backend_pid))
        assert reason in outcome(database, tmp_path, given)
        assert victim.execute("SELECT 1").fetchone() == (1,)

    assert not file.exists()
    assert not enemy.has_risen
    assert rows(database, "SELECT count(*), to_regclass('mine') FROM users") == [(1, None)]


def test_a_role_that_is_no_superuser_runs_no_function_of_others(
    database: DatabaseUrl, enemy: Hostile, tmp_path: Path
) -> None:
    name = rows(database, "SELECT quote_ident(current_database())")[0][0]
    execute(
        database,
        f"CREATE ROLE asks LOGIN PASSWORD 'asks'; GRANT CONNECT ON DATABASE {name} TO asks;"
        "GRANT SELECT ON users TO asks; GRANT USAGE ON SCHEMA trap TO asks;",
    )
    try:
        url = DatabaseUrl(make_conninfo(database.conninfo, user="asks", password="asks"))
        for query in ("SELECT trap.rise()", "SELECT set_config('x.y', '1', false)"):
            assert "a check may not use" in outcome(url, tmp_path, query)
    finally:
        execute(database, "DROP OWNED BY asks; DROP ROLE asks")
    assert not enemy.has_risen


def test_what_is_planted_in_public_is_not_found(
    database: DatabaseUrl, enemy: Hostile, tmp_path: Path
) -> None:
    enemy.plants(
        "CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM trap.rise(); RETURN $1; END';"
        "CREATE FUNCTION public.alike(varchar, text) RETURNS boolean LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM trap.rise(); RETURN true; END';"
        "CREATE OPERATOR public.= (FUNCTION = public.alike, LEFTARG = varchar, RIGHTARG = text)"
    )
    query = "SELECT id::text AS key FROM public.users WHERE pg_catalog.lower(name) = 'a'"
    assert outcome(database, tmp_path, query) == ""
    assert not enemy.has_risen
    # The role's own function is named in full here, and has the rights of nobody.
    assert "lower" in outcome(database, tmp_path, "SELECT public.lower(name) FROM public.users")
    assert not enemy.has_risen


def test_it_asks_as_a_role_that_may_only_read(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, USERS)
    query = "SELECT 1 WHERE current_user <> 'pg_read_all_data'"
    (tmp_path / "check.sql").write_text(HEAD + query)
    result = audited(database, policy=Policy(project_checks=load(tmp_path)))
    assert "SHOP-001" in {passed.check for passed in result.passed}


def test_the_settings_name_another_role(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, f"{USERS}; CREATE ROLE gnk_reader; GRANT SELECT (id) ON users TO gnk_reader")
    try:
        assert outcome(database, tmp_path, "SELECT id FROM public.users", "gnk_reader") == ""
        said = outcome(database, tmp_path, "SELECT name FROM public.users", "gnk_reader")
        assert said == (
            "permission denied for table users; it was asked as gnk_reader: the setting "
            "audit_role names another"
        )
    finally:
        execute(database, "DROP OWNED BY gnk_reader; DROP ROLE gnk_reader")


def test_a_role_that_does_not_exist_is_said_at_once(database: DatabaseUrl) -> None:
    with (
        connect(database, read_only=True) as session,
        pytest.raises(SettingsError, match='audit_role cannot be taken: role "gnk_no'),
    ):
        reader(session, "gnk_nobody")


def test_a_role_without_pg_read_all_data_asks_as_itself(
    database: DatabaseUrl, enemy: Hostile, tmp_path: Path
) -> None:
    execute(database, 'GRANT SELECT ON users TO "gnk Hostile"')
    with connect(enemy.url, read_only=True) as session:
        assert reader(session, None) is None
    assert outcome(enemy.url, tmp_path, "SELECT id FROM public.users") == ""
    execute(database, 'GRANT pg_read_all_data TO "gnk Hostile"')
    with connect(enemy.url, read_only=True) as session:
        assert reader(session, None) == "pg_read_all_data"
