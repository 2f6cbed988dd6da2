"""Rows that a plan would stop at are known before it begins, and PostgreSQL agrees."""

from contextlib import nullcontext

import psycopg
import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.rows_in_the_way import rows_in_the_way
from gnkmigrate.servers import Server
from tests.plan.support import pair
from tests.support import execute

OLD = "CREATE TABLE p (a integer, b text) PARTITION BY RANGE (a);"
ONE = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
ROW = "INSERT INTO p VALUES (1, 'b');"


def _by(column: str, key: str, *bounds: str) -> str:
    table = f"CREATE TABLE p ({column}, b text) PARTITION BY {key};"
    parts = (
        f"CREATE TABLE p{number} PARTITION OF p {bound};" for number, bound in enumerate(bounds, 1)
    )
    return table + "".join(parts)


TEN = "FOR VALUES FROM (0) TO (10)"
TO_B = "FOR VALUES IN ('a', 'b, ''c')"
PARTS = {
    "null in a range": (_by("z integer", "RANGE (z)", TEN), True),
    "null between nothing": (
        _by("z integer", "RANGE (z)", "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)"),
        True,
    ),
    "null in one of two": (
        _by("z integer", "RANGE (b, z)", "FOR VALUES FROM ('a', 1) TO ('c', MAXVALUE)"),
        True,
    ),
    "null by an expression": (_by("z integer", "RANGE ((1 + coalesce(z, 1)))", TEN), False),
    "null where the rest goes": (_by("z integer", "RANGE (z)", "DEFAULT"), False),
    "null in a list": (_by("z integer", "LIST (z)", "FOR VALUES IN (1, 2)"), True),
    "null in a list that has it": (_by("z integer", "LIST (z)", "FOR VALUES IN (1, NULL)"), False),
    "null where the rest goes, and a list has it": (
        _by("z integer", "LIST (z)", "DEFAULT", "FOR VALUES IN (1, NULL)"),
        True,
    ),
    "null in the first of a hash": (
        _by("z integer", "HASH (z)", "FOR VALUES WITH (modulus 3, remainder 0)"),
        False,
    ),
    "null in another of a hash": (
        _by("z integer", "HASH (z)", "FOR VALUES WITH (modulus 3, remainder 1)"),
        True,
    ),
    "a default in the range": (_by("z integer DEFAULT 5", "RANGE (z)", TEN), False),
    "a default outside": (_by("z integer DEFAULT 10", "RANGE (z)", TEN), True),
    "a default below": (_by("z bigint DEFAULT -1", "RANGE (z)", TEN), True),
    "a default that is null": (_by("z integer DEFAULT NULL", "RANGE (z)", TEN), True),
    "a default of the rest": (_by("z integer DEFAULT 5", "RANGE (z)", "DEFAULT"), False),
    "a default that is another's": (_by("z integer DEFAULT 5", "RANGE (z)", "DEFAULT", TEN), True),
    "a day in the range": (
        _by(
            "z date DEFAULT '2024-02-01'",
            "RANGE (z)",
            "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        ),
        False,
    ),
    "a day outside": (
        _by(
            "z date DEFAULT '2025-01-01'",
            "RANGE (z)",
            "FOR VALUES FROM (MINVALUE) TO ('2025-01-01')",
        ),
        True,
    ),
    "a text in the list": (_by("z text DEFAULT 'b, ''c'", "LIST (z)", TO_B), False),
    "a text of limited length": (_by("z varchar(9) DEFAULT 'c'", "LIST (z)", TO_B), True),
    "rounded": (_by("z numeric(3, 0) DEFAULT '-0.4'", "RANGE (z)", TEN), False),
    "a text that is in no list": (_by("z text DEFAULT 'c'", "LIST (z)", TO_B), True),
    "computed": (
        _by("z integer GENERATED ALWAYS AS (length(b)) STORED, y integer", "RANGE (y)", TEN),
        True,
    ),
    "an odd name": (_by('"z, (y" integer', 'RANGE ("z, (y")', TEN), True),
    "a column that was there": (_by("z integer", "LIST (b)", "FOR VALUES IN ('b')"), False),
}


@pytest.mark.parametrize(("new", "stopped"), PARTS.values(), ids=PARTS)
def test_a_column_of_a_partition_key_is_new(server: Server, new: str, *, stopped: bool) -> None:
    old = "CREATE TABLE p1 (b text); INSERT INTO p1 VALUES ('b');"
    assert _stops(server, old, new) == ({"public.p1"} if stopped else set())


@pytest.mark.parametrize(
    ("old", "new", "stopped"),
    [
        pytest.param(OLD + ONE, _by("z integer", "RANGE (z)", TEN), set(), id="without rows"),
        pytest.param(
            OLD + ONE.replace(";", " PARTITION BY LIST (b);")
            + "CREATE TABLE p2 PARTITION OF p1 FOR VALUES IN ('b');" + ROW,
            _by("z integer", "RANGE (z)", f"{TEN} PARTITION BY LIST (b)")
            + "CREATE TABLE p2 PARTITION OF p1 FOR VALUES IN ('b');",
            {"public.p2"},
            id="of the whole, and the rows are two levels below",
        ),
        pytest.param(
            OLD + ONE + ROW, _by("z integer", "RANGE (z)", TEN), {"public.p1"}, id="of the whole"
        ),
        pytest.param(
            OLD + ONE + ROW, _by("z integer DEFAULT 3", "RANGE (z)", TEN), set(), id="with a value"
        ),
        pytest.param(
            OLD + ONE + ROW, _by("z integer DEFAULT 30", "RANGE (z)", TEN), {"public.p1"},
            id="with another",
        ),
    ],
)  # fmt: skip
def test_where_the_rows_are(server: Server, old: str, new: str, stopped: set[str]) -> None:
    assert _stops(server, old, new) == stopped


def _stops(server: Server, old: str, new: str) -> set[str]:
    """The tables in the way: none if PostgreSQL runs the plan, and some if it does not."""
    with pair(server, old, new) as given:
        statements = plan(compare(given.source, given.target), given.source, given.target)
        with connect(given.url) as connection:
            found = {each.split(" ")[0] for each in rows_in_the_way(connection, statements)}
        with nullcontext() if not found else pytest.raises(psycopg.Error):
            for each in statements:
                execute(given.url, each.sql)
        return found
