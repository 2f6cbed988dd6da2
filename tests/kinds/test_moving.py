"""A table that moves between parents while columns above it change: not in one plan."""

from collections.abc import Sequence

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.plan.planner import plan
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import pair

PARENT = "CREATE TABLE p (id integer NOT NULL, k integer NOT NULL) PARTITION BY LIST (k);"
BOUND = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
WIDER = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2);"
APART = "CREATE TABLE p1 (id integer NOT NULL, k integer NOT NULL);"
OTHER_NAME = "id2 integer NOT NULL"
MORE = PARENT.replace("k integer NOT NULL", "k integer NOT NULL, x integer")
ROOT = "CREATE TABLE r (id integer, k integer, d integer) PARTITION BY LIST (k);"
MIDDLE = "CREATE TABLE m PARTITION OF r FOR VALUES IN (1) PARTITION BY RANGE (d);"
SECOND = "CREATE TABLE n PARTITION OF r FOR VALUES IN (2) PARTITION BY RANGE (d);"
LEAF = "CREATE TABLE l PARTITION OF m FOR VALUES FROM (1) TO (2);"
DEEP = ROOT.replace("k integer", "k integer, x integer")
ABOVE = "CREATE TABLE a (id integer);"
BETWEEN = "CREATE TABLE b (y integer) INHERITS (a);"


@pytest.mark.parametrize(
    ("old", "new", "said", "what"),
    [
        (
            PARENT + BOUND,
            PARENT.replace("id integer NOT NULL", OTHER_NAME) + WIDER,
            ["column public.p.id = id2"],
            r"public\.p1 gets another bound in public\.p, .* column public\.p\.id \(renamed",
        ),
        (
            PARENT.replace("id ", '"userId" ') + BOUND,
            PARENT.replace("id ", "user_id ") + WIDER,
            [],
            r"\(renamed to user_id\)",
        ),
        (
            PARENT + BOUND,
            PARENT.replace("id integer NOT NULL", OTHER_NAME) + APART.replace("id ", "id2 "),
            ["column public.p.id = id2"],
            r"public\.p1 leaves public\.p, .*\(renamed to id2\)",
        ),
        (
            "CREATE SCHEMA s; CREATE TABLE s.p (a int); CREATE TABLE s.c (a int);",
            "CREATE SCHEMA t; CREATE TABLE t.p (a int); CREATE TABLE t.c () INHERITS (t.p);",
            ["schema s = t"],
            r"s\.c joins t\.p, and is to be called t\.c",
        ),
        (
            ABOVE + BETWEEN + "CREATE TABLE c (z integer) INHERITS (b);",
            ABOVE.replace("id", "id2") + BETWEEN + "CREATE TABLE c (y int, z int) INHERITS (a);",
            ["column public.a.id = id2"],
            r"public\.c leaves public\.b and joins public\.a, .* column public\.a\.id",
        ),
        (
            PARENT + BOUND,
            PARENT.replace("id integer", "id bigint") + WIDER,
            [],
            r"column public\.p\.id \(another type\)",
        ),
        (
            PARENT + BOUND,
            MORE + WIDER + "CREATE INDEX ON p (x);",
            [],
            r"column public\.p\.x \(added\)",
        ),
        (
            PARENT + APART,
            MORE + WIDER + "CREATE INDEX ON p (x);",
            [],
            r"public\.p1 joins public\.p, .* public\.p\.x \(added\)",
        ),
        (
            ROOT + MIDDLE + LEAF,
            DEEP + MIDDLE + LEAF.replace("(2)", "(3)"),
            [],
            r"public\.l gets another bound in public\.m.* public\.r\.x \(added\)",
        ),
        (
            ROOT + MIDDLE + LEAF,
            DEEP + MIDDLE.replace("IN (1)", "IN (1, 2)") + LEAF.replace("(2)", "(3)"),
            [],
            r"public\.r\.x \(added\)",
        ),
        (
            ROOT + MIDDLE + LEAF,
            DEEP + MIDDLE + SECOND + LEAF.replace("OF m", "OF n"),
            [],
            r"public\.l leaves public\.. and joins .* public\.r\.x \(added\)",
        ),
        (
            PARENT + BOUND,
            (PARENT + WIDER).replace(" p ", " q ").replace("p1", "q1"),
            ["table public.p = q", "table public.p1 = q1"],
            r"public\.p1 gets another bound in public\.q, and is to be called public\.q1",
        ),
        (
            "CREATE TABLE p (id integer, k integer NOT NULL);",
            PARENT + BOUND,
            ["table public.p = p1"],
            r"public\.p joins public\.p, and is to be called public\.p1",
        ),
        (
            ABOVE + BETWEEN + "CREATE TABLE c (z integer) INHERITS (b);",
            ABOVE.replace("id integer", "id integer, n text")
            + BETWEEN
            + "CREATE TABLE c (z integer) INHERITS (a);",
            [],
            r"public\.a\.n \(added\)",
        ),
    ],
)
def test_one_after_the_other(
    server: Server, old: str, new: str, said: Sequence[str], what: str
) -> None:
    hints = read_renames(said)
    with pair(server, old, new) as given:
        for source, target, known in (
            (given.source, given.target, hints),
            (given.target, given.source, hints.inverse()),
        ):
            turned = what if source is given.source else r"while these change: |is to be called"
            with pytest.raises(Unplannable, match=turned):
                plan(compare(source, target, known), source, target)


def test_each_by_itself(server: Server) -> None:
    converge(server, PARENT + BOUND, PARENT + WIDER)
    converge(server, PARENT + BOUND, MORE + BOUND)
    converge(server, PARENT + APART, MORE + BOUND)
    converge(server, ROOT + MIDDLE + LEAF, ROOT + MIDDLE + SECOND + LEAF.replace("OF m", "OF n"))


def test_columns_that_change_elsewhere(server: Server) -> None:
    other = "CREATE TABLE other (id integer);"
    converge(server, PARENT + BOUND + other, PARENT + WIDER + other.replace("id ", "id2 "))


BOTH = "CREATE TABLE a (id integer, {}); CREATE TABLE b (y integer, {}) INHERITS (a);"
BELOW = "CREATE TABLE d () INHERITS (b);"


@pytest.mark.parametrize(
    ("above", "own"),
    [
        ("n text", "n text"),
        ("n text", "n text DEFAULT 'own'"),
        ("n text NOT NULL", "n text NOT NULL"),
    ],
)
@pytest.mark.parametrize("below", ["", BELOW])
def test_a_child_has_by_itself_what_its_parent_gets(
    server: Server, above: str, own: str, below: str
) -> None:
    ways = converge(server, ABOVE + BETWEEN + below, BOTH.format(above, own) + below)
    assert [each.split(" ADD ")[0] for each in ways.there[:2]] == [
        "ALTER TABLE public.b",
        "ALTER TABLE public.a",
    ]


def test_both_get_a_default_that_rows_are_to_have(server: Server) -> None:
    new = BOTH.format("n text DEFAULT 'all'", "n text DEFAULT 'own'")
    with pytest.raises(Unplannable, match=r"column public\.b\.n is new, has a default of its own"):
        planned(server, ABOVE + BETWEEN, new)


def test_a_new_column_has_not_null_of_its_parent(server: Server) -> None:
    new = BOTH.format("n text NOT NULL", "n text")
    if server.version < 180000:
        converge(server, ABOVE + BETWEEN, new)
        return
    with pytest.raises(Unplannable, match=r"NOT NULL is the parent's alone"):
        planned(server, ABOVE + BETWEEN, new)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_type_that_is_made_again(server: Server, leaves: bool) -> None:
    parent = "CREATE TABLE p (k integer, v mood) PARTITION BY LIST (k);"
    tables = [parent + BOUND, parent + "CREATE TABLE p1 (k integer, v mood);"]
    old, new = tables if leaves else reversed(tables)
    before, after = "CREATE TYPE mood AS ENUM ('a', 'b');", "CREATE TYPE mood AS ENUM ('b');"
    with pytest.raises(Unplannable, match=r"these change: enum public\.mood \(made again\)"):
        planned(server, before + old, after + new)


PARENTS = """CREATE TABLE p (id {}, k integer NOT NULL) PARTITION BY LIST (k);
    CREATE TABLE q (id {}, k integer) PARTITION BY LIST (k);
    CREATE TABLE p1 PARTITION OF {} FOR VALUES IN (1);"""


@pytest.mark.parametrize("types", [("integer NOT NULL", "bigint"), ("text", 'text COLLATE "C"')])
def test_a_partition_moves_to_a_table_with_another_type(
    server: Server, types: tuple[str, str]
) -> None:
    converge(server, PARENTS.format(*types, "p"), PARENTS.format(*types, "q"))
