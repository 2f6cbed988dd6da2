"""Range types, with the multirange types and functions that come with them."""

from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import arrive, pair
from tests.support import execute, rows

TABLE = "CREATE TABLE t (r span, m span_multirange, rs span[]);"


def test_a_type_comes_and_goes_with_every_option(server: Server) -> None:
    new = """
        CREATE FUNCTION apart(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE
            AS 'SELECT $1 - $2';
        CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = apart,
            MULTIRANGE_TYPE_NAME = "many Spans");
        CREATE TYPE words AS RANGE (SUBTYPE = text, COLLATION = "C",
            SUBTYPE_OPCLASS = text_pattern_ops);
        CREATE TABLE t (a span, b "many Spans", c words[] DEFAULT ARRAY[words('a', 'b')]);
        COMMENT ON TYPE span IS 'from, to'; ALTER TYPE span OWNER TO clerk;
        GRANT USAGE ON TYPE span TO clerk;
    """
    there, _ = converge(server, "", new, roles=["clerk"])
    words = (
        "CREATE TYPE public.words AS RANGE (SUBTYPE = text, "
        'SUBTYPE_OPCLASS = pg_catalog.text_pattern_ops, COLLATION = "C", '
        "MULTIRANGE_TYPE_NAME = public.words_multirange)"
    )
    span = (
        "CREATE TYPE public.span AS RANGE (SUBTYPE = double precision, "
        'SUBTYPE_DIFF = public.apart, MULTIRANGE_TYPE_NAME = public."many Spans")'
    )
    assert {words, span} < set(there)


def test_columns_of_the_range_and_of_its_multirange_go_over(server: Server) -> None:
    old, new = "CREATE TYPE span AS RANGE (SUBTYPE = {});".format, TABLE
    with pair(server, old("integer") + new, old("bigint") + new) as given:
        execute(given.url, "INSERT INTO t VALUES ('(1,5)', '{(1,2),(4,9)}', '{\"[1,3]\"}')")
        arrive(given)
        assert rows(given.url, "SELECT r::text, m::text, rs::text FROM t") == [
            ("(1,5)", "{(1,2),(4,9)}", '{"[1,3]"}')
        ]
    converge(server, old("integer") + new, old("bigint") + new)


def test_another_order_takes_a_new_type(server: Server) -> None:
    old = "CREATE TYPE span AS RANGE (SUBTYPE = text);"
    new = "CREATE TYPE span AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops);"
    there, _ = converge(server, old + TABLE, new + TABLE)
    assert there[0] == "ALTER TYPE public.span RENAME TO span_replaced"
    assert "ALTER TYPE public.span_multirange RENAME TO span_multirange_replaced" in there
    assert there[-1] == "DROP TYPE public.span_replaced"


def test_other_collation_and_difference(server: Server) -> None:
    function = """
        CREATE FUNCTION apart(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE
            AS 'SELECT $1 - $2';
    """
    converge(
        server,
        "CREATE TYPE a AS RANGE (SUBTYPE = text); CREATE TYPE b AS RANGE (SUBTYPE = float8);",
        'CREATE TYPE a AS RANGE (SUBTYPE = text, COLLATION = "C");'
        "CREATE TYPE b AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = apart);",
        shared=function,
    )


def test_a_multirange_gets_another_name_with_its_functions(server: Server) -> None:
    there, _ = converge(
        server,
        "CREATE TYPE span AS RANGE (SUBTYPE = integer); CREATE TABLE t (m span_multirange);",
        'CREATE TYPE span AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = "many Spans");'
        'CREATE TABLE t (m "many Spans" DEFAULT "many Spans"(span(1, 2)));',
    )
    assert there[0] == 'ALTER TYPE public.span_multirange RENAME TO "many Spans"'


def test_a_multirange_moves_to_another_schema(server: Server) -> None:
    converge(
        server,
        "CREATE TYPE span AS RANGE (SUBTYPE = integer);",
        "CREATE TYPE span AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = other.spans);",
        shared="CREATE SCHEMA other;",
    )


def test_a_canonical_function_needs_the_name_first(server: Server) -> None:
    new = """
        CREATE TYPE days;
        CREATE FUNCTION next_day(days) RETURNS days LANGUAGE internal IMMUTABLE STRICT
            AS 'int4range_canonical';
        CREATE TYPE days AS RANGE (SUBTYPE = integer, CANONICAL = next_day);
        CREATE TABLE t (d days);
    """
    there, back = converge(server, "", new)
    assert there[0] == "CREATE TYPE public.days"
    assert there[2].startswith("CREATE TYPE public.days AS RANGE (SUBTYPE = integer, CANONICAL")
    assert back == ["DROP TABLE public.t", "DROP TYPE public.days CASCADE"]


def test_its_functions_may_have_its_new_name_already(server: Server) -> None:
    made = "CREATE TYPE span AS RANGE (subtype = integer);"
    old, new = (Identity("range type", ("public", each)) for each in ("old", "span"))
    renamed = made + "ALTER TYPE span RENAME TO old;"
    converge(server, renamed, made, renames=Renames({old: new}))
