"""Extensions."""

import re

import pytest

from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import Case, case, migrate

CASES = {
    "an extension goes after what uses it": case(
        "CREATE EXTENSION citext; CREATE TABLE item (name citext);",
        "CREATE TABLE item (name text);",
        "ALTER TABLE public.item ALTER COLUMN name TYPE text",
        "DROP EXTENSION citext",
    ),
    "it can move to another schema": case(
        "CREATE SCHEMA tools; CREATE EXTENSION citext;",
        "CREATE SCHEMA tools; CREATE EXTENSION citext SCHEMA tools;",
        "ALTER EXTENSION citext SET SCHEMA tools",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_an_extension_comes_before_what_uses_it_in_the_version_of_the_target(
    server: Server,
) -> None:
    extension, table = migrate(
        server, "", "CREATE EXTENSION citext; CREATE TABLE item (name citext);"
    )
    assert re.fullmatch(r"CREATE EXTENSION citext WITH SCHEMA public VERSION '[\d.]+'", extension)
    assert table == "CREATE TABLE public.item (\n    name public.citext\n)"


def test_a_member_is_in_the_way_of_what_is_no_member_in_the_target(server: Server) -> None:
    extension, table = "CREATE EXTENSION hstore;", "CREATE TABLE m (a integer);"
    member = extension + table + "ALTER EXTENSION hstore ADD TABLE m;"
    with pytest.raises(
        Unplannable, match=r"table public\.m .* its member in the database"
    ) as there:
        planned(server, member, extension + table)
    assert "ALTER EXTENSION hstore DROP TABLE public.m" in str(there.value.hint)
    with pytest.raises(Unplannable, match=r"table public\.m .* whose member it is") as back:
        planned(server, extension + table, member)
    assert "ALTER EXTENSION hstore ADD TABLE public.m" in str(back.value.hint)


SIMILARITY = "CREATE FUNCTION similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE RETURN 1;"
USER = "CREATE TABLE t (a text, n real DEFAULT similarity('a', 'b'));"


@pytest.mark.parametrize("user", ["", USER], ids=["alone", "in a default"])
def test_a_function_of_ones_own_gives_way_to_that_of_an_extension(
    server: Server, user: str
) -> None:
    converge(server, SIMILARITY + user, "CREATE EXTENSION pg_trgm;" + user)


def test_a_type_of_ones_own_gives_way_to_that_of_an_extension(server: Server) -> None:
    table = "CREATE TABLE u (email citext);"
    converge(
        server,
        f"CREATE DOMAIN citext AS text; {table}",
        f"CREATE EXTENSION citext; {table}",
        back=False,
    )


def test_what_uses_its_members_goes_along_to_another_schema(server: Server) -> None:
    uses = (
        "CREATE TABLE t (login {0}.citext DEFAULT 'x'::{0}.citext);"
        "CREATE VIEW v AS SELECT login FROM t; CREATE DOMAIN d AS {0}.citext;"
        "CREATE FUNCTION g(x {0}.citext[]) RETURNS {0}.citext LANGUAGE sql AS 'SELECT x[1]';"
        "COMMENT ON FUNCTION g({0}.citext[]) IS 'of g';"
    )
    old, new = (
        f"CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA {schema};" + uses.format(schema)
        for schema in ("public", "ext")
    )
    ways = converge(server, old, new)
    assert ways.there == ["ALTER EXTENSION citext SET SCHEMA ext"]
    assert ways.back == ["ALTER EXTENSION citext SET SCHEMA public"]


def test_a_function_of_its_types_that_is_made_again_when_it_moves(server: Server) -> None:
    uses = (
        "CREATE TYPE sort AS ENUM ({1});"
        "CREATE FUNCTION g(x sort, y {0}.citext) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        "COMMENT ON FUNCTION g(sort, {0}.citext) IS 'of g';"
    )
    made = "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA {0};" + uses
    converge(server, made.format("public", "'a', 'b'"), made.format("ext", "'b', 'a'"))
