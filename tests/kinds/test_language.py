"""Languages that no extension brings: what is read of them, and how each property is changed."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

PLAIN = "CREATE LANGUAGE mine HANDLER plpgsql_call_handler;"
FULL = """CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler
    VALIDATOR plpgsql_validator;"""


def test_a_language_comes_and_goes(server: Server) -> None:
    assert converge(server, "", FULL) == (
        [
            (
                "CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler"
                " INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator"
            )
        ],
        ["DROP LANGUAGE mine"],
    )


def test_all_of_it_is_replaced_in_place(server: Server) -> None:
    there, back = converge(server, PLAIN, FULL)
    assert back == ["CREATE OR REPLACE LANGUAGE mine HANDLER plpgsql_call_handler"]
    assert len(there) == 1
    handler = """CREATE FUNCTION handle() RETURNS language_handler LANGUAGE c
        AS '$libdir/plpgsql', 'plpgsql_call_handler';"""
    converge(server, PLAIN, f"{handler} {PLAIN.replace('plpgsql_call_handler', 'handle')}")


def test_functions_in_it_stay(server: Server) -> None:
    function = "CREATE FUNCTION f() RETURNS integer LANGUAGE mine AS 'BEGIN RETURN 1; END';"
    converge(server, f"{PLAIN} {function}", f"{FULL} {function}")
    converge(server, "", f"{FULL} {function}")


def test_its_comment_comes_and_goes(server: Server) -> None:
    converge(server, FULL, f"{FULL} COMMENT ON LANGUAGE mine IS 'ours';")
