"""Transforms: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

FROM = "FROM SQL WITH FUNCTION prsd_lextype(internal)"
TO = "TO SQL WITH FUNCTION int4recv(internal)"
BOTH = f"CREATE TRANSFORM FOR integer LANGUAGE sql ({FROM}, {TO});"


def test_a_transform_comes_and_goes(server: Server) -> None:
    assert converge(server, "", BOTH) == (
        [f"CREATE TRANSFORM FOR integer LANGUAGE sql ({FROM}, {TO})"],
        ["DROP TRANSFORM FOR integer LANGUAGE sql"],
    )


def test_its_functions_are_replaced_in_place(server: Server) -> None:
    one = f"CREATE TRANSFORM FOR integer LANGUAGE sql ({FROM});"
    assert converge(server, BOTH, one) == (
        [f"CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql ({FROM})"],
        [f"CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql ({FROM}, {TO})"],
    )
    converge(server, one, f"CREATE TRANSFORM FOR integer LANGUAGE sql ({TO});")


def test_its_comment_comes_and_goes(server: Server) -> None:
    converge(server, BOTH, f"{BOTH} COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'odd';")


def test_it_comes_with_its_type(server: Server) -> None:
    converge(
        server,
        "",
        f"""CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TRANSFORM FOR mood LANGUAGE plpgsql ({FROM});""",
    )
