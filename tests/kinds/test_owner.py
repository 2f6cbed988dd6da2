"""Owners of every kind of thing."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ROLES = ("app", "carol")


@pytest.mark.parametrize(
    ("made", "thing"),
    [
        ("CREATE SCHEMA s", "SCHEMA s"),
        ("CREATE TABLE t ()", "TABLE public.t"),
        ("CREATE TABLE t (a integer) PARTITION BY LIST (a)", "TABLE public.t"),
        ("CREATE VIEW v AS SELECT 1 AS a", "VIEW public.v"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", "MATERIALIZED VIEW public.v"),
        ("CREATE SEQUENCE s", "SEQUENCE public.s"),
        ("CREATE TYPE e AS ENUM ()", "TYPE public.e"),
        ("CREATE TYPE c AS (a integer)", "TYPE public.c"),
        ("CREATE TYPE r AS RANGE (SUBTYPE = integer)", "TYPE public.r"),
        ("CREATE DOMAIN d AS integer[]", "DOMAIN public.d"),
        ("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "FUNCTION public.f()"),
        ("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", "PROCEDURE public.p()"),
        (
            "CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer)",
            "AGGREGATE public.g(integer)",
        ),
        (
            "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
            "OPERATOR public.=== (integer, integer)",
        ),
        ("CREATE OPERATOR FAMILY f USING btree", "OPERATOR FAMILY public.f USING btree"),
        ('CREATE COLLATION c FROM "C"', "COLLATION public.c"),
        (
            "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1",
            "CONVERSION public.c",
        ),
        (
            "CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)",
            "TEXT SEARCH CONFIGURATION public.c",
        ),
        (
            "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)",
            "TEXT SEARCH DICTIONARY public.d",
        ),
        ("CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t",
         "STATISTICS public.s"),
        ("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w", "SERVER s"),
        ("CREATE PUBLICATION p", "PUBLICATION p"),
    ],
)  # fmt: skip
def test_of_every_kind_of_thing(server: Server, made: str, thing: str) -> None:
    given = f"ALTER {thing} OWNER TO app;"
    assert converge(server, "", given, shared=f"{made};", roles=ROLES) == (
        [f"ALTER {thing} OWNER TO app"],
        [f"ALTER {thing} OWNER TO postgres"],
    )


def test_who_makes_a_thing_owns_it(server: Server) -> None:
    table = "CREATE TABLE t (a integer);"
    assert converge(server, "", table).there == ["CREATE TABLE public.t (\n    a integer\n)"]
    ways = converge(server, "", f"{table} ALTER TABLE t OWNER TO app;", roles=ROLES)
    assert ways.there[1:] == ["ALTER TABLE public.t OWNER TO app"]


def test_what_is_made_again_has_its_owner_back(server: Server) -> None:
    view = (
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v OWNER TO app;"
    )
    there = converge(server, view, view.replace("a integer", "a bigint"), roles=ROLES).there
    assert there[-1].endswith(";\nALTER VIEW public.v OWNER TO app")


def test_the_sequence_of_a_column_has_the_owner_of_its_table(server: Server) -> None:
    table = "CREATE TABLE t (a integer{}); ALTER TABLE t OWNER TO app;"
    converge(server, table.format(""), table.format(", b serial"), roles=ROLES)
    free = "CREATE TABLE t (a integer); ALTER TABLE t OWNER TO app; CREATE SEQUENCE s;"
    owned = "CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a; ALTER TABLE t OWNER TO app"
    assert converge(server, free, owned, roles=ROLES).there == [
        "ALTER SEQUENCE public.s OWNER TO app",
        "ALTER SEQUENCE public.s OWNED BY public.t.a",
    ]


def test_of_a_schema_that_goes_nothing_is_said(server: Server) -> None:
    schema = "CREATE SCHEMA s; ALTER SCHEMA s OWNER TO app; GRANT USAGE ON SCHEMA s TO carol;"
    assert converge(server, schema, "", roles=ROLES).there == ["DROP SCHEMA s"]
