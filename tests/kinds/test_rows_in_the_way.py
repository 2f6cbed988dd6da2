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


T = "CREATE TABLE t (id integer PRIMARY KEY, a integer{}); {}"
C = "CREATE TABLE c () INHERITS (t); {}"
TWO = "INSERT INTO t VALUES (1), (2);"
KEYS = {
    "a constraint": (T.format(", e integer NOT NULL DEFAULT 5 UNIQUE", ""), True),
    "a primary key": (
        "CREATE TABLE t (id integer, a integer, e integer DEFAULT 5 PRIMARY KEY);",
        True,
    ),
    "an index": (
        T.format(", e text DEFAULT 'x'", "CREATE UNIQUE INDEX i ON t (e DESC) INCLUDE (a);"),
        True,
    ),
    "two new columns": (
        T.format(", e integer DEFAULT 5, f date DEFAULT now(), UNIQUE (e, f)", ""),
        True,
    ),
    "deferrable": (T.format(", e integer DEFAULT 5 UNIQUE DEFERRABLE", ""), True),
    "an odd name": (T.format(', "e, (" integer DEFAULT 5 UNIQUE', ""), True),
    "nulls": (T.format(", e integer UNIQUE", ""), False),
    "a default that is null": (T.format(", e integer DEFAULT NULL UNIQUE", ""), False),
    "one of two is null": (T.format(", e integer DEFAULT 5, f integer, UNIQUE (e, f)", ""), False),
    "beside a column that is there": (T.format(", e integer DEFAULT 5, UNIQUE (id, e)", ""), False),
    "numbered": (T.format(", e serial UNIQUE", ""), False),
    "an identity": (T.format(", e integer GENERATED ALWAYS AS IDENTITY UNIQUE", ""), False),
    "computed": (T.format(", e integer GENERATED ALWAYS AS (id) STORED UNIQUE", ""), False),
    "other in each row": (T.format(", e float DEFAULT random() UNIQUE", ""), False),
    "of some rows": (
        T.format(", e integer DEFAULT 5", "CREATE UNIQUE INDEX i ON t (e) WHERE e > 5;"),
        False,
    ),
    "an expression": (
        T.format(", e integer DEFAULT 5", "CREATE UNIQUE INDEX i ON t ((e + id));"),
        False,
    ),
    "not unique": (T.format(", e integer DEFAULT 5", "CREATE INDEX i ON t (e);"), False),
}


@pytest.mark.parametrize(("new", "stopped"), KEYS.values(), ids=KEYS)
def test_all_of_a_unique_key_is_new(server: Server, new: str, *, stopped: bool) -> None:
    old = T.format("", "")
    assert _stops(server, old + TWO, new) == ({"public.t"} if stopped else set())
    assert _stops(server, old + "INSERT INTO t VALUES (1);", new) == set()


def test_nulls_are_not_distinct(server: Server) -> None:
    if server.version < 150000:
        pytest.skip("PostgreSQL 14 has no NULLS NOT DISTINCT")
    for key in ("UNIQUE NULLS NOT DISTINCT (e)", "UNIQUE NULLS NOT DISTINCT (e) INCLUDE (a)"):
        assert _stops(server, T.format("", TWO), T.format(f", e integer, {key}", ""))
    index = "CREATE UNIQUE INDEX i ON t (e) NULLS NOT DISTINCT;"
    assert _stops(server, T.format("", TWO), T.format(", e integer", index)) == {"public.t"}


@pytest.mark.parametrize(
    ("old", "new", "stopped"),
    [
        pytest.param(
            C.format("INSERT INTO c VALUES (1), (2);"),
            C.format("CREATE UNIQUE INDEX i ON c (e);"),
            {"public.c"},
            id="of a column that it inherits",
        ),
        pytest.param(
            C.format("INSERT INTO c VALUES (1), (2);"),
            C.format("CREATE UNIQUE INDEX i ON t (e);"),
            set(),
            id="of the table above alone",
        ),
        pytest.param(
            C.format("") + TWO, C.format("CREATE UNIQUE INDEX i ON c (e);"), set(), id="below alone"
        ),
    ],
)
def test_a_key_in_a_family(server: Server, old: str, new: str, stopped: set[str]) -> None:
    above = T.format(", e integer DEFAULT 5", "")
    assert _stops(server, T.format("", old), above + new) == stopped


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
