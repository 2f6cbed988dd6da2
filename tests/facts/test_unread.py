"""What is in a database and in no fact."""

from collections.abc import Sequence
from typing import Any

import pytest

from gnkmigrate.facts import reading
from gnkmigrate.facts.assembling import assemble
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.sessions import Query, answers, run
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.facts.unread import unread
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from tests.support import execute

# One of everything that has an owner.
EVERYTHING = """
CREATE TABLE t (a integer, b serial, c integer GENERATED ALWAYS AS IDENTITY);
CREATE TABLE p (a integer, PRIMARY KEY (a)) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TYPE r AS RANGE (SUBTYPE = integer); CREATE TYPE e AS ENUM ('a');
CREATE TYPE c AS (a integer); CREATE DOMAIN d AS integer[]; CREATE TYPE shell;
CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE SEQUENCE s; CREATE STATISTICS st ON a, b FROM t;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE pr() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer);
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE OPERATOR FAMILY fam USING btree; CREATE COLLATION co FROM "C";
CREATE CONVERSION conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE TEXT SEARCH CONFIGURATION ts (COPY = simple);
CREATE TEXT SEARCH DICTIONARY td (TEMPLATE = simple);
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a integer) SERVER srv; CREATE PUBLICATION pub;
CREATE EXTENSION hstore;
"""


def told(url: DatabaseUrl, **options: object) -> list[str]:
    with connect(url) as connection:
        return [str(each) for each in read_snapshot(connection, **options).unread]  # type: ignore[arg-type]


def test_everything_that_has_an_owner_is_read(database: DatabaseUrl) -> None:
    execute(database, EVERYTHING)
    assert told(database) == []
    assert told(database, ignore=["public.*", "w", "srv"]) == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT lo_create(999), lo_create(998)", "2 large objects (998, 999)"),
        (
            "REVOKE EXECUTE ON FUNCTION pg_sleep FROM PUBLIC",
            "1 object of PostgreSQL's own (pg_sleep(double precision))",
        ),
        (
            (
                "DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC',"
                " current_database()); END$$"
            ),
            "1 privilege on the database (PUBLIC CREATE)",
        ),
        (
            (
                "DO $$BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC',"
                " current_database()); END$$"
            ),
            "1 privilege on the database (PUBLIC without CONNECT)",
        ),
        (
            (
                "DO $$BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L;"
                "ALTER DATABASE %I CONNECTION LIMIT 50', current_database(), 'ours',"
                " current_database()); END$$"
            ),
            "2 properties of the database (comment, connection limit)",
        ),
        (
            "CREATE FUNCTION information_schema.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "1 object (information_schema.f)",
        ),
    ],
)
def test_what_no_kind_reads_is_told(database: DatabaseUrl, sql: str, words: str) -> None:
    execute(database, sql)
    assert told(database) == [words]


def test_schemas_that_are_left_out_are_told(database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE SCHEMA a; CREATE TABLE a.t (id serial PRIMARY KEY); CREATE TYPE a.e AS ENUM ();",
    )
    assert told(database) == []
    assert told(database, schemas=["public"]) == ["3 objects (a.e, a.t, a.t_id_seq)"]


def test_what_a_kind_forgets_is_told(session: Connection) -> None:
    with session.transaction(force_rollback=True):
        session.execute("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
        (left,) = _left_unread_without("function", session)
    assert str(left) == "1 function (public.f())"


def _left_unread_without(kind: str, session: Connection) -> Sequence[Unread]:
    """What is left where no kind reads the things of `kind`."""
    ((_, catalogs, *_),) = run(session, Query(query("facts", "session"))).rows
    given: dict[str, Any] = {"names": None, "own": [], "skipped": []}
    schemas = [row[0] for row in run(session, Query(query("kinds.schema", "read"), given)).rows]
    present = reading._present(session, roles=False)
    queries = reading._queries(present, {**given, "schemas": schemas})
    del queries[kind]
    with answers(session, queries, several=False) as tables:
        facts, homeless = assemble(tables, catalogs)
    return unread(session, facts.values(), schemas, homeless)
