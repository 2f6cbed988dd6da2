"""What a script says, and what is so because somebody has run it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_sql
from gnkmigrate.plan.planner import plan
from gnkmigrate.plan.undo import undo_of
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.support import execute, rows

TABLE = "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;"
WIDE = TABLE.replace("integer", "bigint")
ROLES = "CREATE ROLE stated_app; CREATE ROLE stated_reporter;"
OWNED = (
    "ALTER TABLE t OWNER TO stated_app; ALTER VIEW v OWNER TO stated_reporter;"
    "GRANT SELECT ON v TO stated_app;"
)

Load = Callable[[str], Snapshot]


@pytest.fixture
def load(tmp_path: Path, server: Server) -> Load:
    def load(sql: str) -> Snapshot:
        file = tmp_path / "schema.sql"
        file.write_text(sql)
        return load_sql(file, server, Settings())

    return load


@pytest.fixture
def live(database: DatabaseUrl) -> DatabaseUrl:
    """A database whose things have owners and privileges."""
    if not rows(database, "SELECT 1 FROM pg_roles WHERE rolname = 'stated_app'"):
        execute(database, ROLES)
    execute(database, TABLE + OWNED)
    return database


def read(url: DatabaseUrl) -> Snapshot:
    with connect(url) as connection:
        return read_snapshot(connection)


def planned(source: Snapshot, target: Snapshot) -> list[str]:
    return [each.sql for each in plan(compare(source, target), source, target)]


def test_who_has_run_it_owns_nothing_in_particular(load: Load) -> None:
    script = load(TABLE)
    assert script.of_kind("owner") == ()
    assert script.role == ""
    assert script.unstated >= {"owner", "grants", "default privileges", "database setting"}


def test_an_owner_that_is_named_is_one(load: Load) -> None:
    script = load(f"{TABLE} ALTER TABLE t OWNER TO postgres;")
    (owner,) = script.of_kind("owner")
    assert owner.payload == {"owner": "postgres"}


def test_what_a_script_leaves_open_is_as_it_is(load: Load, live: DatabaseUrl) -> None:
    source, target = read(live), load(TABLE)
    assert compare(source, target) == compare(target, source) == ()
    told = {each.kind: each.names for each in not_compared(source, target)}
    assert {name for name in told["owner"] if name != "schema public"} == {
        "table public.t",
        "view public.v",
    }
    assert len(told["grants"]) == 1


def test_what_is_made_again_keeps_what_the_script_leaves_open(
    load: Load, live: DatabaseUrl
) -> None:
    assert planned(read(live), load(WIDE))[-1].splitlines()[-2:] == [
        "ALTER VIEW public.v OWNER TO stated_reporter;",
        "GRANT SELECT ON TABLE public.v TO stated_app",
    ]


def test_what_it_leaves_open_goes_with_a_new_name(load: Load, live: DatabaseUrl) -> None:
    execute(live, "CREATE FUNCTION f(x t) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    execute(live, "ALTER FUNCTION f OWNER TO stated_app; REVOKE ALL ON FUNCTION f FROM PUBLIC")
    target = load(
        "CREATE TABLE u (a integer); CREATE VIEW v AS SELECT a FROM u;"
        "CREATE FUNCTION f(x u) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    source, hints = read(live), read_renames(["table public.t = u"])
    there = plan(compare(source, target, hints), source, target)
    assert [each.sql for each in there] == ["ALTER TABLE public.t RENAME TO u"]
    back = undo_of(there, source, target, hints=hints).statements
    assert [each.sql for each in back] == ["ALTER TABLE public.u RENAME TO t"]


def test_what_a_script_says_counts(load: Load, live: DatabaseUrl) -> None:
    target = load(f"{TABLE} ALTER TABLE t OWNER TO other; GRANT INSERT ON t TO stated_reporter;")
    assert planned(read(live), target) == [
        "ALTER TABLE public.t OWNER TO other;\nGRANT INSERT ON TABLE public.t TO stated_reporter",
        "REVOKE SELECT ON TABLE public.v FROM stated_app",
    ]


def test_a_grant_to_the_owner_says_nothing(load: Load, live: DatabaseUrl) -> None:
    target = load(f"{TABLE} GRANT ALL ON t TO stated_app; GRANT SELECT ON v TO stated_app;")
    assert compare(read(live), target) == ()


def test_two_scripts_say_as_much(load: Load) -> None:
    made = f"CREATE ROLE nobody_else; {TABLE} {OWNED}"
    assert planned(load(made.replace("stated_app", "nobody_else")), load(TABLE)) == [
        "ALTER TABLE public.t OWNER TO CURRENT_USER",
        "REVOKE SELECT ON TABLE public.v FROM nobody_else",
        "ALTER VIEW public.v OWNER TO CURRENT_USER",
    ]


def test_default_privileges_of_nobody_are_those_of_who_has_some(
    load: Load, live: DatabaseUrl
) -> None:
    given = "ALTER DEFAULT PRIVILEGES {} GRANT SELECT ON TABLES TO stated_reporter;"
    execute(live, given.format("FOR ROLE stated_app"))
    target = load(f"{TABLE} {given.format('')} GRANT SELECT ON v TO stated_app")
    assert compare(read(live), target) == ()


def test_a_script_that_grants_nothing_leaves_schema_public_alone(
    load: Load, database: DatabaseUrl
) -> None:
    execute(database, f"{TABLE} REVOKE ALL ON SCHEMA public FROM PUBLIC;")
    assert compare(read(database), load(TABLE)) == ()


def test_roles_that_a_script_names_are_made_and_go(
    load: Load, server: Server, database: DatabaseUrl
) -> None:
    made = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'nobody%'"
    load(f"{TABLE} ALTER TABLE t OWNER TO nobody_here; GRANT SELECT ON v TO nobody_there;")
    assert rows(database, made) == [(0,)]
    for _ in range(2):  # each finds the server as the first
        load(f"CREATE ROLE nobody_else; {TABLE} ALTER TABLE t OWNER TO nobody_else;")
    assert rows(database, made) == [(0,)]
    assert server.is_ours


def test_a_setting_that_a_script_makes_is_one(load: Load, database: DatabaseUrl) -> None:
    execute(database, TABLE)
    setting = (
        "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''',"
        " current_database()); END$$;"
    )
    assert [each.verb for each in compare(read(database), load(TABLE + setting))] == ["add"]
    execute(database, setting)
    assert compare(read(database), load(TABLE)) == ()


def test_what_an_older_server_cannot_have_is_not_asked_of_it(load: Load) -> None:
    newer = replace(load(f"{TABLE} GRANT SELECT ON t TO nobody_else;"), server_version=180000)
    granted = newer.get("grants", "table", "public", "t")
    assert granted is not None
    more = granted.has({"grants": ["nobody_else=MAINTAIN", "nobody_else=SELECT"]})
    target = newer.having([*(each for each in newer if each is not granted), more])
    source = newer.having(newer)
    assert len(compare(source, target)) == 1
    assert compare(replace(source, server_version=160000), target) == ()


def test_an_extension_without_a_version_is_meant_in_whichever_there_is(
    load: Load, database: DatabaseUrl
) -> None:
    execute(database, "CREATE EXTENSION pg_trgm VERSION '1.5'")
    script = load("CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore;")
    assert planned(read(database), script) == ["CREATE EXTENSION hstore WITH SCHEMA public"]


@pytest.mark.parametrize(
    ("there", "meant", "kept"),
    [
        (
            "CREATE TABLE s (id serial)",
            "CREATE TABLE s (id int GENERATED ALWAYS AS IDENTITY)",
            "GRANT USAGE ON SEQUENCE public.s_id_seq TO stated_reporter",
        ),
        (
            "CREATE TABLE s (id int GENERATED ALWAYS AS IDENTITY)",
            "CREATE TABLE r (id serial)",
            "GRANT USAGE ON SEQUENCE public.r_id_seq TO stated_reporter",
        ),
        (
            "CREATE SEQUENCE s_id_seq; CREATE VIEW w AS SELECT 1; GRANT SELECT ON w TO stated_app",
            "CREATE SEQUENCE s_id_seq; CREATE MATERIALIZED VIEW w AS SELECT 1",
            "GRANT SELECT ON TABLE public.w TO stated_app",
        ),
        (
            "CREATE SEQUENCE s_id_seq; CREATE TYPE e AS ENUM (); ALTER TYPE e OWNER TO stated_app",
            "CREATE SEQUENCE s_id_seq; CREATE DOMAIN e AS text",
            "ALTER DOMAIN public.e OWNER TO stated_app",
        ),
    ],
    ids=["serial", "identity", "view", "type"],
)
def test_what_it_leaves_open_goes_to_another_kind_of_thing_in_its_place(
    load: Load, live: DatabaseUrl, there: str, meant: str, kept: str
) -> None:
    execute(live, f"{there}; GRANT USAGE ON SEQUENCE s_id_seq TO stated_reporter")
    source, target = read(live), load(f"{TABLE} {meant}")
    hints = read_renames(["table public.s = r"] if "TABLE r" in meant else [])
    statements = "\n".join(
        each.sql for each in plan(compare(source, target, hints), source, target)
    )
    assert kept in statements


@pytest.mark.parametrize(
    ("there", "meant", "renames"),
    [
        ("{} AS ENUM ('a', 'b')", "{} AS ENUM ('b', 'a')", ["type public.e = f"]),
        ("{} AS RANGE (SUBTYPE = int)", "{} AS RANGE (SUBTYPE = bigint)", ["type public.e = f"]),
        (
            "{} AS RANGE (SUBTYPE = int, MULTIRANGE_TYPE_NAME = m)",
            "{} AS RANGE (SUBTYPE = int, MULTIRANGE_TYPE_NAME = n)",
            ["type public.e = f"],
        ),
    ],
    ids=["enum", "range", "multirange"],
)
def test_what_it_leaves_open_of_a_routine_goes_along_with_the_names_of_its_types(
    load: Load, live: DatabaseUrl, there: str, meant: str, renames: list[str]
) -> None:
    takes = "CREATE FUNCTION g({}) RETURNS {} LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
    types = ("m", "n") if " m)" in there else ("e", "f")
    execute(live, f"CREATE TYPE {there.format('e')}; {takes.format(types[0], 'int')}")
    execute(live, "ALTER FUNCTION g OWNER TO stated_app; REVOKE ALL ON FUNCTION g FROM PUBLIC")
    script = f"{TABLE} CREATE TYPE {meant.format('f')}; {takes.format(types[1], 'bigint')}"
    source, target, hints = read(live), load(script), read_renames(renames)
    statements = "\n".join(
        each.sql for each in plan(compare(source, target, hints), source, target)
    )
    assert f"ALTER FUNCTION public.g(public.{types[1]}) OWNER TO stated_app" in statements
    assert f"REVOKE EXECUTE ON FUNCTION public.g(public.{types[1]}) FROM PUBLIC" in statements
