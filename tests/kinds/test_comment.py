"""Comments on every kind of thing."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case

OTHERS = (
    "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM (); CREATE SEQUENCE s.q;"
    "CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS a;"
    "CREATE FUNCTION s.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    "CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1';"
)
TABLE = "CREATE TABLE item (id integer CONSTRAINT positive CHECK (id > 0));"

CASES = {
    "on a table, a column and a constraint": case(
        TABLE,
        TABLE + "COMMENT ON TABLE item IS 'It''s'; COMMENT ON COLUMN item.id IS 'a \\\\ b';"
        "COMMENT ON CONSTRAINT positive ON item IS 'why';",
        "COMMENT ON COLUMN public.item.id IS E'a \\\\\\\\ b'",
        "COMMENT ON CONSTRAINT positive ON public.item IS 'why'",
        "COMMENT ON TABLE public.item IS 'It''s'",
    ),
    "on a view, a type, a function, a sequence, a schema": case(
        OTHERS,
        OTHERS + "COMMENT ON MATERIALIZED VIEW s.m IS 'm'; COMMENT ON TYPE s.e IS 'e';"
        "COMMENT ON SEQUENCE s.q IS 'q'; COMMENT ON FUNCTION s.f IS 'f';"
        "COMMENT ON PROCEDURE s.p IS 'p'; COMMENT ON SCHEMA s IS 's';",
        "COMMENT ON TYPE s.e IS 'e'",
        "COMMENT ON FUNCTION s.f(integer) IS 'f'",
        "COMMENT ON PROCEDURE s.p() IS 'p'",
        "COMMENT ON MATERIALIZED VIEW s.m IS 'm'",
        "COMMENT ON SCHEMA s IS 's'",
        "COMMENT ON SEQUENCE s.q IS 'q'",
    ),
    "another text, and none": case(
        TABLE + "COMMENT ON TABLE item IS 'old'; COMMENT ON COLUMN item.id IS 'gone';",
        TABLE + "COMMENT ON TABLE item IS 'new';",
        "COMMENT ON TABLE public.item IS 'new'",
        "COMMENT ON COLUMN public.item.id IS NULL",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_on_what_is_no_fact_of_its_own(server: Server) -> None:
    made = (
        f"{TABLE} ALTER TABLE item ADD CONSTRAINT k PRIMARY KEY (id); CREATE TYPE c AS (x integer);"
        "CREATE VIEW v AS SELECT id FROM item;"
        "CREATE DOMAIN d AS integer CONSTRAINT dc CHECK (true);"
        "CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    )
    given = (
        "COMMENT ON COLUMN v.id IS 'a'; COMMENT ON COLUMN c.x IS 'b'; COMMENT ON INDEX k IS 'c';"
        "COMMENT ON COLUMN p1.b IS 'd'; COMMENT ON CONSTRAINT dc ON DOMAIN d IS 'e';"
    )
    assert converge(server, "", given, shared=made) == (
        [
            "COMMENT ON COLUMN public.c.x IS 'b'",
            "COMMENT ON COLUMN public.p1.b IS 'd'",
            "COMMENT ON COLUMN public.v.id IS 'a'",
            "COMMENT ON CONSTRAINT dc ON DOMAIN public.d IS 'e'",
            "COMMENT ON INDEX public.k IS 'c'",
        ],
        [
            "COMMENT ON COLUMN public.c.x IS NULL",
            "COMMENT ON COLUMN public.p1.b IS NULL",
            "COMMENT ON COLUMN public.v.id IS NULL",
            "COMMENT ON CONSTRAINT dc ON DOMAIN public.d IS NULL",
            "COMMENT ON INDEX public.k IS NULL",
        ],
    )


def test_a_column_that_gets_something_of_its_own_keeps_its_comment(server: Server) -> None:
    made = (
        "CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); COMMENT ON COLUMN p1.b IS 'b';"
    )
    own = f"{made} ALTER TABLE p1 ALTER b SET STATISTICS 10;"
    assert len(converge(server, made, own).there) == 1


def test_extensions_describe_themselves(server: Server) -> None:
    hstore = "CREATE EXTENSION hstore;"
    own = "COMMENT ON EXTENSION hstore IS 'mine'; COMMENT ON SCHEMA public IS 'ours';"
    assert len(converge(server, "", hstore).there) == 1
    assert converge(server, hstore, hstore + own).there == [
        "COMMENT ON EXTENSION hstore IS 'mine'",
        "COMMENT ON SCHEMA public IS 'ours'",
    ]


def test_what_is_there_from_the_beginning_can_be_taken_away(server: Server) -> None:
    hstore = "CREATE EXTENSION hstore;"
    none = "COMMENT ON EXTENSION hstore IS NULL; COMMENT ON SCHEMA public IS NULL;"
    assert converge(server, hstore, hstore + none) == (
        ["COMMENT ON EXTENSION hstore IS NULL", "COMMENT ON SCHEMA public IS NULL"],
        [
            "COMMENT ON EXTENSION hstore IS 'data type for storing sets of (key, value) pairs'",
            "COMMENT ON SCHEMA public IS 'standard public schema'",
        ],
    )
    ours = "COMMENT ON SCHEMA public IS 'ours';"
    assert converge(server, ours, "COMMENT ON SCHEMA public IS NULL;").there == [
        "COMMENT ON SCHEMA public IS NULL"
    ]
    same = "COMMENT ON TABLE t IS 'standard public schema'"
    assert converge(server, "", same, shared="CREATE TABLE t ();").there == [
        "COMMENT ON TABLE public.t IS 'standard public schema'"
    ]
