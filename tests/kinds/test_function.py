"""Functions, procedures and aggregates."""

import pytest

from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case, migrate

BODY = " LANGUAGE sql AS 'SELECT 1'"
ONE = "CREATE FUNCTION one() RETURNS integer" + BODY + ";"
OFF = "SET check_function_bodies = off"

CASES = {
    "one body calls another that comes later": case(
        "",
        "CREATE FUNCTION b() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION a() RETURNS integer LANGUAGE sql AS 'SELECT b()';",
        OFF,
        "CREATE OR REPLACE FUNCTION public.a()\n RETURNS integer\n LANGUAGE sql\n"
        "AS $function$SELECT b()$function$",
        "CREATE OR REPLACE FUNCTION public.b()\n RETURNS integer\n LANGUAGE sql\n"
        "AS $function$SELECT 1$function$",
    ),
    "another body is put in its place": case(
        ONE,
        "CREATE FUNCTION one() RETURNS integer STABLE LANGUAGE sql AS 'SELECT 2';",
        OFF,
        "CREATE OR REPLACE FUNCTION public.one()\n RETURNS integer\n LANGUAGE sql\n STABLE\n"
        "AS $function$SELECT 2$function$",
    ),
    "another result needs a new function, and a view on it makes way": case(
        ONE + "CREATE VIEW v AS SELECT one();",
        "CREATE FUNCTION one() RETURNS bigint" + BODY + "; CREATE VIEW v AS SELECT one();",
        OFF,
        "DROP VIEW public.v",
        "DROP FUNCTION public.one()",
        "CREATE OR REPLACE FUNCTION public.one()\n RETURNS bigint\n LANGUAGE sql\n"
        "AS $function$SELECT 1$function$",
        "CREATE VIEW public.v AS\nSELECT public.one() AS one",
    ),
    "overloads and procedures are told apart": case(
        ONE + "CREATE FUNCTION one(integer, text) RETURNS integer" + BODY + ";"
        "CREATE PROCEDURE p(integer)" + BODY + ";",
        ONE,
        "DROP FUNCTION public.one(integer, text)",
        "DROP PROCEDURE public.p(IN integer)",
    ),
    "an aggregate with all its parts": case(
        "",
        "CREATE AGGREGATE total(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0',"
        " COMBINEFUNC = int8pl, PARALLEL = SAFE, SORTOP = >);",
        "CREATE OR REPLACE AGGREGATE public.total(bigint) (STYPE = bigint, SFUNC = int8pl, "
        "COMBINEFUNC = int8pl, INITCOND = '0', SORTOP = OPERATOR(>), PARALLEL = SAFE)",
    ),
    "and without": case(
        "CREATE AGGREGATE total(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');",
        "",
        "DROP AGGREGATE public.total(bigint)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


TO_OTHERS = """
    COMMENT ON PROCEDURE p(IN integer{text}) IS '{comment}';
    ALTER PROCEDURE p(IN integer{text}) OWNER TO carol;
    REVOKE ALL ON PROCEDURE p(IN integer{text}) FROM PUBLIC;
"""


def _procedure(second: str, body: str = "b := 1") -> str:
    return f"CREATE PROCEDURE p(a integer, {second}) LANGUAGE plpgsql AS 'BEGIN {body}; END';"


OUT, BOTH, IN = _procedure("OUT b text"), _procedure("INOUT b text"), _procedure("b text")
CURIOUS = """CREATE TYPE "a,(b" AS ENUM ('x');"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(BOTH, OUT, id="what went in and out merely comes out"),
        pytest.param(IN, OUT, id="what went in comes out"),
        pytest.param(OUT + IN, OUT, id="one of two goes"),
        pytest.param("", OUT + IN, id="both are made"),
        pytest.param(
            OUT + IN + TO_OTHERS.format(text="", comment="out"),
            _procedure("OUT b text", "b := 2") + IN
            + TO_OTHERS.format(text=", IN text", comment="in"),
            id="comments, owners and privileges of both",
        ),
        pytest.param(
            CURIOUS + _procedure('INOUT b "a,(b"'),
            CURIOUS + _procedure('OUT b "a,(b"') + _procedure('b "a,(b"'),
            id="a type with a comma and a parenthesis in its name",
        ),
        pytest.param(
            "CREATE PROCEDURE q(OUT b text) LANGUAGE plpgsql AS 'BEGIN b := 1; END';",
            "CREATE PROCEDURE q(VARIADIC b text[]) LANGUAGE plpgsql AS 'BEGIN b := NULL; END';",
            id="without any that goes in, and with any number",
        ),
    ],
)  # fmt: skip
def test_procedures_that_what_comes_out_tells_apart(server: Server, old: str, new: str) -> None:
    converge(server, old, new, roles=["carol"])


def test_one_of_two_procedures_is_renamed(server: Server) -> None:
    was, becomes = (Identity("function", ("public", f"{name}(integer)")) for name in "po")
    renames = Renames.of((was, becomes))
    converge(server, OUT + IN, OUT.replace(" p(", " o(") + IN, renames=renames)


def test_a_parenthesis_in_a_name(server: Server) -> None:
    other = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';"
    hostile = other.replace("f()", '"f(x)"()').replace("2", "1")
    converge(server, other, other + hostile)
    converge(server, other + hostile, other + hostile.replace("1", "3"))


def test_a_text_without_a_name_is_named_after_its_type_once_read_again(server: Server) -> None:
    said = "CREATE FUNCTION said() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'x'; END"
    migrate(server, "", said)  # pg_dump's own copy of it is named, too


def test_nobody_calls_it_before_it_has_its_owner_and_privileges(server: Server) -> None:
    sort = "CREATE TYPE sort AS ENUM ({});"
    told = (
        "CREATE FUNCTION told(sort) RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
        "ALTER FUNCTION told OWNER TO owner; REVOKE EXECUTE ON FUNCTION told FROM PUBLIC;"
    )
    ways = converge(
        server,
        sort.format("'a', 'b'") + told,
        sort.format("'b', 'a'") + told,
        roles=("owner",),
    )
    (made,) = (each for each in ways.there if each.startswith("CREATE OR REPLACE FUNCTION"))
    assert made.split(";\n")[1:] == [
        "ALTER FUNCTION public.told(public.sort) OWNER TO owner",
        "REVOKE EXECUTE ON FUNCTION public.told(public.sort) FROM PUBLIC",
    ]


def test_a_function_is_made_again_where_its_type_is_another_thing_of_that_name(
    server: Server,
) -> None:
    function = "CREATE FUNCTION f(s) RETURNS bool LANGUAGE sql AS 'SELECT true OR $1{} IS NULL';"
    enum = "CREATE TYPE s AS ENUM ('a');" + function.format("")
    converge(server, enum, "CREATE TABLE s (name text);" + function.format(".name"))
