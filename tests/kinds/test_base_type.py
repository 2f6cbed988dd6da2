"""Base types and shells: a name, the functions, and then the type."""

import pytest

from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

SHELL = """
    CREATE TYPE amount;
    CREATE FUNCTION amount_in(cstring) RETURNS amount LANGUAGE internal IMMUTABLE STRICT
        AS 'int4in';
    CREATE FUNCTION amount_out(amount) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
        AS 'int4out';
    CREATE FUNCTION amount_send(amount) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT
        AS 'int4send';
    CREATE FUNCTION amount_recv(internal) RETURNS amount LANGUAGE internal IMMUTABLE STRICT
        AS 'int4recv';
"""
FIXED = "INPUT = amount_in, OUTPUT = amount_out, INTERNALLENGTH = 4, PASSEDBYVALUE"


def base(*options: str) -> str:
    return f"{SHELL} CREATE TYPE amount ({', '.join((FIXED, *options))});"


def test_a_type_comes_and_goes_with_its_functions(server: Server) -> None:
    new = (
        base("CATEGORY = 'N'", "PREFERRED = true", "DEFAULT = '7'", "DELIMITER = '|'")
        + """
        CREATE TABLE t (a amount, more amount[]); COMMENT ON TYPE amount IS 'in cents';
        CREATE FUNCTION twice(amount) RETURNS amount LANGUAGE sql AS 'SELECT $1';
        CREATE CAST (amount AS integer) WITHOUT FUNCTION AS ASSIGNMENT;
        GRANT USAGE ON TYPE amount TO clerk; ALTER TYPE amount OWNER TO clerk;
    """
    )
    there, back = converge(server, "", new, roles=["clerk"])
    assert there[0] == "CREATE TYPE public.amount"
    assert (
        "CREATE TYPE public.amount (INPUT = public.amount_in, OUTPUT = public.amount_out, "
        "ALIGNMENT = int4, STORAGE = plain, INTERNALLENGTH = 4, PASSEDBYVALUE, "
        "CATEGORY = 'N', DEFAULT = '7', DELIMITER = '|', PREFERRED = true)"
    ) in there
    assert "DROP TYPE public.amount CASCADE" in back


def test_functions_are_set_in_place(server: Server) -> None:
    there, back = converge(server, base(), base("SEND = amount_send", "RECEIVE = amount_recv"))
    assert there == [
        "ALTER TYPE public.amount SET (RECEIVE = public.amount_recv, SEND = public.amount_send)"
    ]
    assert back == ["ALTER TYPE public.amount SET (RECEIVE = NONE, SEND = NONE)"]


def test_modifiers_statistics_and_subscripts_are_set_in_place(server: Server) -> None:
    functions = """
        CREATE FUNCTION mod_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
            AS 'varchartypmodin';
        CREATE FUNCTION mod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
            AS 'varchartypmodout';
    """
    there, _ = converge(
        server,
        base(),
        base(
            "TYPMOD_IN = mod_in",
            "TYPMOD_OUT = mod_out",
            "ANALYZE = pg_catalog.array_typanalyze",
            "SUBSCRIPT = pg_catalog.raw_array_subscript_handler",
        ),
        shared=functions,
    )
    (statement,) = there
    assert statement == (
        "ALTER TYPE public.amount SET (ANALYZE = array_typanalyze, TYPMOD_IN = public.mod_in, "
        "TYPMOD_OUT = public.mod_out, SUBSCRIPT = raw_array_subscript_handler)"
    )


@pytest.mark.parametrize(
    "option",
    [
        "CATEGORY = 'N'",
        "DEFAULT = '7'",
        "DELIMITER = '|'",
        "PREFERRED = true",
        "COLLATABLE = true",
        "ELEMENT = integer, SUBSCRIPT = pg_catalog.raw_array_subscript_handler",
    ],
)
def test_other_properties_take_a_new_type(server: Server, option: str) -> None:
    there, _ = converge(server, base(), base(option))
    assert "DROP TYPE public.amount CASCADE" in there


def test_another_width_takes_a_new_type(server: Server) -> None:
    wide = base().replace("int4", "int8").replace("LENGTH = 4", "LENGTH = 8, ALIGNMENT = double")
    there, _ = converge(server, base(), wide)
    assert "DROP TYPE public.amount CASCADE" in there
    converge(server, wide, wide.replace(", PASSEDBYVALUE", ""))


def test_storage_may_leave_plain_and_not_return(server: Server) -> None:
    shell = """
        CREATE TYPE note;
        CREATE FUNCTION note_in(cstring) RETURNS note LANGUAGE internal IMMUTABLE STRICT
            AS 'textin';
        CREATE FUNCTION note_out(note) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
            AS 'textout';
        CREATE TYPE note (INPUT = note_in, OUTPUT = note_out, STORAGE = {});
    """
    there, back = converge(server, shell.format("main"), shell.format("extended"))
    assert there == ["ALTER TYPE public.note SET (STORAGE = extended)"]
    assert back == ["ALTER TYPE public.note SET (STORAGE = main)"]
    there, back = converge(server, shell.format("plain"), shell.format("extended"))
    assert len(there) == 1
    assert "DROP TYPE public.note CASCADE" in back


def test_a_type_that_columns_use_is_not_made_again(server: Server) -> None:
    table = "CREATE TABLE t (a amount);"
    with pytest.raises(Unplannable, match=r"column public\.t\.a holds values of it"):
        planned(server, base() + table, base("CATEGORY = 'N'") + table)


def test_a_shell_comes_and_goes_and_becomes_a_type(server: Server) -> None:
    there, back = converge(server, "", "CREATE TYPE amount; COMMENT ON TYPE amount IS 'soon';")
    assert there == ["CREATE TYPE public.amount", "COMMENT ON TYPE public.amount IS 'soon'"]
    assert back == ["DROP TYPE public.amount"]
    converge(server, SHELL, base())
