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
