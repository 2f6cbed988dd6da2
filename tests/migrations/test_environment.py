"""Whatever the role, the database and the schema public bring along, the result is the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from psycopg import conninfo

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.migrations.project import Project, Stations

TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
ENUMS = "SELECT oid::regtype::text FROM pg_type WHERE typtype = 'e'"


@contextmanager
def as_owner(project: Project, *settings: str) -> Iterator[Project]:
    """The same database, whose owner is an ordinary role with settings of its own."""
    role = f"owner_{uuid4().hex}"
    database = project.value("SELECT quote_ident(current_database())")
    own = "".join(f"ALTER ROLE {role} SET {setting};" for setting in settings)
    project.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'owner'; {own}ALTER DATABASE {database} OWNER TO {role}"
    )
    for kind, query in (("TABLE", TABLES), ("TYPE", ENUMS)):
        for (name,) in project.rows(query):
            project.execute(f"ALTER {kind} {name} OWNER TO {role}")
    url = conninfo.make_conninfo(project.url.conninfo, user=role, password="owner")
    try:
        yield replace(project, url=DatabaseUrl(url))
    finally:
        project.execute(
            f"ALTER DATABASE {database} OWNER TO CURRENT_USER;"
            f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}"
        )


@pytest.mark.parametrize("atomic", [False, True], ids=["steps", "atomic"])
def test_an_ordinary_owner_can_do_everything(stations: Stations, atomic: bool) -> None:
    with stations[0].project() as project, as_owner(project) as owned:
        assert owned.value("SELECT current_setting('is_superuser')") == "off"

        owned.up(dry_run=True)
        owned.up(atomic=atomic)
        assert project.state == stations[6].state
        owned.down(dry_run=True)
        owned.down(atomic=atomic)
        assert project.state == stations[0].state


HOSTILE = (
    "statement_timeout = '50ms'",
    "lock_timeout = '1ms'",
    "idle_in_transaction_session_timeout = '50ms'",
    "idle_session_timeout = '1s'",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_read_only = on",
    "default_transaction_deferrable = on",
    "search_path = hostile, public",
    "TimeZone = 'Asia/Tokyo'",
    "DateStyle = 'German'",
    "IntervalStyle = 'sql_standard'",
    "client_encoding = 'LATIN1'",
    "standard_conforming_strings = off",
    "bytea_output = 'escape'",
    "extra_float_digits = -5",
    "quote_all_identifiers = on",
    "transform_null_equals = on",
    "client_min_messages = 'error'",
    "check_function_bodies = off",
    "plpgsql.variable_conflict = 'use_column'",
    "array_nulls = off",
    "synchronous_commit = off",
    "enable_indexscan = off",
    "xmlbinary = 'hex'",
)

FAKES = """
CREATE SCHEMA hostile;
CREATE TABLE hostile.users (id uuid); CREATE TABLE hostile.user_nodes (id uuid);
CREATE TABLE hostile.nodes (id uuid); CREATE TABLE hostile.pg_class (oid oid);
CREATE FUNCTION hostile.now() RETURNS timestamptz LANGUAGE sql AS
    'SELECT ''1999-01-01''::timestamptz';
CREATE FUNCTION hostile.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS
    'SELECT ''00000000-0000-0000-0000-000000000000''::uuid';
CREATE FUNCTION hostile.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT 1259::regclass';
GRANT ALL ON SCHEMA hostile TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA hostile TO PUBLIC
"""


def test_the_settings_of_the_role_change_nothing(stations: Stations) -> None:
    with stations[0].project() as project:
        project.execute(FAKES)
        before = project.state
        with as_owner(project, *HOSTILE) as owned:
            owned.up()
            owned.down()
            assert project.state == before

            owned.up(atomic=True)
            assert project.state[1] == stations[6].state[1]
            owned.down(atomic=True)
            assert project.state == before


def test_a_role_for_which_no_trigger_fires_is_refused_or_set_right(stations: Stations) -> None:
    with stations[0].project() as project:
        before = project.state
        with as_owner(project, "session_replication_role = 'replica'") as owned:
            with pytest.raises(
                PhaseRefused, match="session_replication_role is replica"
            ) as refused:
                owned.up()
            assert "RESET session_replication_role" in refused.value.hint
            assert project.state == before

            role = owned.value("SELECT quote_ident(current_user)")
            project.execute(f"ALTER ROLE {role} SUPERUSER")
            owned.up()
            assert project.state == stations[6].state
            project.execute(f"ALTER ROLE {role} NOSUPERUSER")


# In the schema public anybody could make these before PostgreSQL 15: they fit the arguments better
# than PostgreSQL's own, and would run as whoever migrates.
OVERLOADS = """
CREATE FUNCTION left(varchar, integer) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'a trap was called'; END $$;
CREATE FUNCTION char_length(varchar) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'a trap was called'; END $$;
CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'a trap was called'; END $$;
CREATE FUNCTION trap(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'a trap was called'; END $$;
CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = trap);
"""


def test_functions_of_others_in_public_are_not_called(stations: Stations) -> None:
    with stations[0].project() as project:
        project.execute(OVERLOADS)
        before = project.state

        project.up()
        project.down()

        assert project.state == before
