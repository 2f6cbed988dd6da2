"""Casts: made, dropped, and made again in whatever they differ."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

MOOD = """
    CREATE TYPE mood AS ENUM ('ok', 'bad');
    CREATE FUNCTION rate(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION grade(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2';
"""


def test_casts_of_each_method_come_and_go(server: Server) -> None:
    new = """
        CREATE TYPE a AS (x integer);
        CREATE CAST (text AS mood) WITH INOUT AS IMPLICIT;
        CREATE CAST (mood AS integer) WITH FUNCTION rate(mood);
        CREATE CAST (bytea AS date) WITH INOUT AS ASSIGNMENT;
        COMMENT ON CAST (mood AS integer) IS 'stars';
    """
    there, back = converge(server, "", new, shared=MOOD)
    assert {
        "CREATE CAST (text AS public.mood) WITH INOUT AS IMPLICIT",
        "CREATE CAST (public.mood AS integer) WITH FUNCTION public.rate(public.mood)",
        "CREATE CAST (bytea AS date) WITH INOUT AS ASSIGNMENT",
    } < set(there)
    assert "DROP CAST (text AS public.mood)" in back


def test_a_cast_between_types_of_one_form(server: Server) -> None:
    shared = """
        CREATE TYPE meters;
        CREATE FUNCTION meters_in(cstring) RETURNS meters LANGUAGE internal IMMUTABLE STRICT
            AS 'textin';
        CREATE FUNCTION meters_out(meters) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
            AS 'textout';
        CREATE TYPE meters (INPUT = meters_in, OUTPUT = meters_out);
    """
    new = "CREATE CAST (meters AS text) WITHOUT FUNCTION;"
    assert converge(server, "", new, shared=shared) == (
        ["CREATE CAST (public.meters AS text) WITHOUT FUNCTION"],
        ["DROP CAST (public.meters AS text)"],
    )


def test_another_context_or_function(server: Server) -> None:
    cast = "CREATE CAST (mood AS integer) WITH FUNCTION {};".format
    there, back = converge(server, cast("rate(mood)"), cast("rate(mood) AS IMPLICIT"), shared=MOOD)
    dropped = "DROP CAST (public.mood AS integer)"
    created = "CREATE CAST (public.mood AS integer) WITH FUNCTION public.rate(public.mood)"
    assert there == [dropped, f"{created} AS IMPLICIT"]
    assert back == [dropped, created]
    converge(server, cast("rate(mood)"), cast("grade(mood)"), shared=MOOD)


def test_a_cast_makes_way_for_its_type(server: Server) -> None:
    cast = "CREATE CAST (mood AS integer) WITH FUNCTION rate(mood); CREATE TABLE t (m mood);"
    there, _ = converge(server, MOOD + cast, MOOD.replace("'ok', 'bad'", "'bad', 'ok'") + cast)
    assert "DROP CAST (public.mood AS integer)" in there[:3]
