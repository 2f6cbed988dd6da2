"""Roles and their memberships, which are read where somebody asks for them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import DatabaseUrl, connect

MADE = (
    "CREATE ROLE gnk_group;"
    "CREATE ROLE gnk_user LOGIN CREATEDB CONNECTION LIMIT 5 IN ROLE gnk_group;"
    "ALTER ROLE gnk_user SET search_path = 'app', 'Public'; COMMENT ON ROLE gnk_user IS 'who';"
    "ALTER ROLE gnk_group VALID UNTIL '2030-01-01 00:00+02';"
)
CHANGED = (
    "ALTER ROLE gnk_user NOLOGIN CONNECTION LIMIT -1; ALTER ROLE gnk_user RESET ALL;"
    "COMMENT ON ROLE gnk_user IS NULL; GRANT gnk_group TO gnk_user WITH ADMIN OPTION;"
    "ALTER ROLE gnk_group VALID UNTIL 'infinity';"
)
GONE = "DROP ROLE gnk_user; DROP ROLE gnk_group;"


@pytest.fixture
def url(database: DatabaseUrl) -> Iterator[DatabaseUrl]:
    yield database
    with connect(database) as connection:
        connection.execute("DROP ROLE IF EXISTS gnk_user; DROP ROLE IF EXISTS gnk_group")


def read(url: DatabaseUrl) -> Snapshot:
    with connect(url) as connection:
        return read_snapshot(connection, roles=True)


def lead(url: DatabaseUrl, target: Snapshot) -> list[str]:
    source = read(url)
    statements = [each.sql for each in plan(compare(source, target), source, target)]
    with connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    assert compare(read(url), target) == ()
    return statements


def test_roles_come_change_and_go(url: DatabaseUrl) -> None:
    states = [read(url)]
    for sql in (MADE, CHANGED):
        with connect(url) as connection:
            connection.execute(sql.encode())
        states.append(read(url))
    empty, made, changed = states
    lead(url, made)
    assert lead(url, empty)[-2:] == ["DROP ROLE gnk_group", "DROP ROLE gnk_user"]
    lead(url, made)
    lead(url, changed)
    lead(url, empty)
    assert lead(url, changed)[0] == "CREATE ROLE gnk_group WITH VALID UNTIL 'infinity'"


def test_where_nobody_asks_nothing_is_said_of_them(url: DatabaseUrl) -> None:
    with connect(url) as connection:
        connection.execute(MADE.encode())
        without = read_snapshot(connection)
    whole = read(url)
    assert compare(whole, without) == compare(without, whole) == ()
    nothing = replace(whole, facts={k: v for k, v in whole.facts.items() if k.kind != "role"})
    assert {each.verb for each in compare(whole, nothing)} == {"remove"}
