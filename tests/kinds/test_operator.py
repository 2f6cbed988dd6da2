"""Operators: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

FUNCTIONS = """
    CREATE FUNCTION f(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT $1 = $2';
    CREATE FUNCTION g(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT $1 <> $2';
    CREATE FUNCTION f(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION f(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION f(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
"""
SAME = "LEFTARG = integer, RIGHTARG = integer"
PLAIN = f"CREATE OPERATOR === (FUNCTION = f, {SAME});"
MIXED = "CREATE OPERATOR <<< (FUNCTION = f, LEFTARG = text, RIGHTARG = integer{});"
BACK = "CREATE OPERATOR >>> (FUNCTION = f, LEFTARG = integer, RIGHTARG = text{});"


def test_an_operator_comes_and_goes(server: Server) -> None:
    assert converge(server, "", PLAIN, shared=FUNCTIONS) == (
        ["CREATE OPERATOR public.=== (FUNCTION = public.f, LEFTARG = integer, RIGHTARG = integer)"],
        ["DROP OPERATOR public.=== (integer, integer)"],
    )


def test_one_that_stands_before_its_argument(server: Server) -> None:
    converge(
        server, "", "CREATE OPERATOR !!! (FUNCTION = f, RIGHTARG = integer);", shared=FUNCTIONS
    )


def test_it_comes_after_its_function_and_type(server: Server) -> None:
    converge(
        server,
        "",
        """CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE FUNCTION f(mood, mood) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR === (FUNCTION = f, LEFTARG = mood, RIGHTARG = mood, COMMUTATOR = ===);""",
    )


def test_another_function_makes_it_anew_with_what_uses_it(server: Server) -> None:
    view = "CREATE VIEW v AS SELECT 1 === 2 AS same;"
    other = PLAIN.replace("= f", "= g")
    converge(server, f"{PLAIN} {view}", f"{other} {view}", shared=FUNCTIONS)


def test_estimators_are_set_in_place(server: Server) -> None:
    both = PLAIN.replace(");", ", RESTRICT = eqsel, JOIN = eqjoinsel);")
    one = PLAIN.replace(");", ", RESTRICT = neqsel);")
    assert converge(server, PLAIN, both, shared=FUNCTIONS) == (
        [("ALTER OPERATOR public.=== (integer, integer) SET (RESTRICT = eqsel, JOIN = eqjoinsel)")],
        ["ALTER OPERATOR public.=== (integer, integer) SET (RESTRICT = NONE, JOIN = NONE)"],
    )
    assert len(converge(server, both, one, shared=FUNCTIONS).there) == 1


def test_flags_are_set_in_place_where_postgresql_can_and_never_taken_away(server: Server) -> None:
    own = PLAIN.replace(");", ", COMMUTATOR = ===);")
    flagged = own.replace(");", ", HASHES, MERGES);")
    there, back = converge(server, own, flagged, shared=FUNCTIONS)
    assert len(there) == (1 if server.major >= 17 else 2)
    assert back[0].startswith("DROP")


def test_a_commutator_and_a_negator_are_links(server: Server) -> None:
    linked = (
        f"CREATE OPERATOR === (FUNCTION = f, {SAME}, COMMUTATOR = ===, NEGATOR = !==);"
        f"CREATE OPERATOR !== (FUNCTION = g, {SAME}, COMMUTATOR = !==, NEGATOR = ===);"
    )
    apart = f"{PLAIN} CREATE OPERATOR !== (FUNCTION = g, {SAME});"
    converge(server, "", linked, shared=FUNCTIONS)
    converge(server, apart, linked, shared=FUNCTIONS)


def test_the_other_end_of_a_link_follows(server: Server) -> None:
    both = MIXED.format(", COMMUTATOR = >>>") + BACK.format(", COMMUTATOR = <<<")
    there, back = converge(server, BACK.format(""), both, shared=FUNCTIONS)
    assert [each.split(" (")[0] for each in there] == ["CREATE OPERATOR public.<<<"]
    assert back == ["DROP OPERATOR public.<<< (text, integer)"]


def test_one_that_is_made_anew_keeps_its_links(server: Server) -> None:
    first = MIXED.format(", COMMUTATOR = >>>") + BACK.format(", COMMUTATOR = <<<")
    second = first.replace("FUNCTION = f, LEFTARG = text", "FUNCTION = h, LEFTARG = text")
    function = "CREATE FUNCTION h(text, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
    converge(server, first, second, shared=FUNCTIONS + function)


def test_a_shell_is_filled(server: Server) -> None:
    """The target points at an operator which nobody has defined as yet."""
    shell = MIXED.format(", COMMUTATOR = >>>")
    converge(server, "", shell, shared=FUNCTIONS)
    there = planned(
        server, FUNCTIONS + shell, FUNCTIONS + shell + BACK.format(", COMMUTATOR = <<<")
    )
    assert [each.sql.split(" (")[0] for each in there] == ["CREATE OPERATOR public.>>>"]


def test_its_comment_comes_and_goes(server: Server) -> None:
    comment = f"{PLAIN} COMMENT ON OPERATOR === (integer, integer) IS 'the same';"
    converge(server, PLAIN, comment, shared=FUNCTIONS)


def test_its_schema_may_be_called_anything(server: Server) -> None:
    schema = 'CREATE SCHEMA "a.B";'
    operator = (
        f'CREATE OPERATOR "a.B".=== (FUNCTION = f, {SAME}, COMMUTATOR = OPERATOR("a.B".===));'
    )
    converge(server, schema, f"{schema} {operator}", shared=FUNCTIONS)
