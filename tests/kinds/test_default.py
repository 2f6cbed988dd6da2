"""Defaults of columns."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case

CASES = {
    "set, changed and dropped": case(
        "CREATE TABLE item (a integer, b integer DEFAULT 1, c text DEFAULT 'x');",
        "CREATE TABLE item (a integer DEFAULT 5, b integer DEFAULT 2, c text);",
        "ALTER TABLE public.item ALTER COLUMN a SET DEFAULT 5",
        "ALTER TABLE public.item ALTER COLUMN b SET DEFAULT 2",
        "ALTER TABLE public.item ALTER COLUMN c DROP DEFAULT",
    ),
    "one that needs its own table's function waits for it": case(
        "",
        "CREATE TABLE item (id integer);"
        "CREATE FUNCTION next(item) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        "ALTER TABLE item ALTER COLUMN id SET DEFAULT next(NULL::item);",
        "SET check_function_bodies = off",
        "CREATE TABLE public.item (\n    id integer\n)",
        "CREATE OR REPLACE FUNCTION public.next(public.item)\n"
        " RETURNS integer\n LANGUAGE sql\nAS $function$SELECT 1$function$",
        "ALTER TABLE public.item ALTER COLUMN id SET DEFAULT public.next(NULL::public.item)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


CHILD = "CREATE TABLE a (x integer); CREATE TABLE z (x integer); CREATE TABLE b () INHERITS (a);"
CHILD += "CREATE TABLE c () INHERITS (z);"
OWN = "ALTER TABLE b ALTER x SET DEFAULT 1; ALTER TABLE c ALTER x SET DEFAULT 1;"
ABOVE = "ALTER TABLE a ALTER x SET DEFAULT 2; ALTER TABLE z ALTER x SET DEFAULT 2;"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OWN, ABOVE + OWN),
        ("", ABOVE + OWN),
        (ABOVE, ABOVE + OWN),
        (ABOVE, OWN),
        (ABOVE + OWN, ABOVE + OWN.replace("1", "3")),
        (ABOVE, OWN.replace("1", "2")),
        (ABOVE, ABOVE.replace("2", "4") + OWN.replace("1", "2")),
        (ABOVE + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"), ABOVE.replace("2", "4") + OWN),
        (
            ABOVE + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"),
            ABOVE.replace("2", "4") + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"),
        ),
    ],
)
def test_a_child_s_own_default_is_not_its_parent_s(server: Server, old: str, new: str) -> None:
    """Whichever of the two comes first in the alphabet."""
    converge(server, old, new, shared=CHILD)


def test_a_new_child_s_default_comes_after_its_parent_s(server: Server) -> None:
    parents = CHILD[: CHILD.index("CREATE TABLE b")]
    converge(server, parents, CHILD + ABOVE + OWN)


APART = "CREATE TABLE p1 (n integer {}, k text);"
PLAIN = "CREATE TABLE p (n {}, k text);"
PARTED = "CREATE TABLE p (n {}, k text) PARTITION BY LIST (k);"
PARTITION = "CREATE TABLE p1 PARTITION OF p DEFAULT;"
COUNTED = APART.format("NOT NULL DEFAULT nextval('p_n_seq')")


@pytest.mark.parametrize("alone", [APART.replace("integer {}", "serial"), COUNTED])
def test_a_partition_s_serial_column_when_its_parent_is_made_again(
    server: Server, alone: str
) -> None:
    """The parent's sequence goes and comes with the parent; the partition stays."""
    converge(server, PARTED.format("serial") + PARTITION, PLAIN.format("serial") + alone)


def test_a_partition_of_a_partition_uses_a_sequence_far_above(server: Server) -> None:
    halves = "CREATE TABLE q PARTITION OF p DEFAULT PARTITION BY LIST (k);"
    apart = "CREATE TABLE q (n integer NOT NULL, k text) PARTITION BY LIST (k);"
    converge(
        server,
        PARTED.format("serial") + halves + PARTITION.replace("OF p", "OF q"),
        PLAIN.format("serial") + apart + COUNTED,
    )


def test_a_partition_s_default_stays_when_it_leaves(server: Server) -> None:
    parent = PARTED.format("serial")
    ways = converge(server, parent + PARTITION, parent + COUNTED)
    there = [each for each in ways.there if "RENAME CONSTRAINT" not in each]
    assert there == ["ALTER TABLE public.p DETACH PARTITION public.p1"]
    # On PostgreSQL 18 NOT NULL has a name, which is the parent's among partitions.
    back = [each for each in ways.back if "RENAME CONSTRAINT" not in each]
    assert back == ["ALTER TABLE public.p ATTACH PARTITION public.p1 DEFAULT"]


def test_an_identity_column_when_its_parent_is_made_again(server: Server) -> None:
    identity = "integer GENERATED ALWAYS AS IDENTITY"
    apart = APART.format("NOT NULL")
    attached = f"{apart} ALTER TABLE p ATTACH PARTITION p1 DEFAULT;"
    converge(server, PARTED.format(identity) + attached, PLAIN.format(identity) + apart)


FUNCTION = "CREATE FUNCTION one() RETURNS {0} LANGUAGE sql AS 'SELECT 1::{0}';"
OLD, NEW = FUNCTION.format("integer"), FUNCTION.format("smallint")
CALLING = "integer DEFAULT one()"
OWN_CALL = "ALTER TABLE {} ALTER n SET DEFAULT one();"


@pytest.mark.parametrize("parent", [PLAIN, PARTED])
@pytest.mark.parametrize("own", ["DEFAULT one()", "DEFAULT 7", ""])
def test_a_partition_s_default_calls_a_function_that_is_made_again(
    server: Server, parent: str, own: str
) -> None:
    joined = OLD + PARTED.format(CALLING) + PARTITION
    converge(server, joined, NEW + parent.format(CALLING) + APART.format(own))


@pytest.mark.parametrize("child", ["c", "q"])
@pytest.mark.parametrize("above", ["integer", "integer DEFAULT 3", CALLING])
@pytest.mark.parametrize("below", ["", OWN_CALL])
def test_a_child_s_default_calls_a_function_that_is_made_again(
    server: Server, child: str, above: str, below: str
) -> None:
    """Whichever of the two comes first in the alphabet."""
    inherits = f"CREATE TABLE {child} () INHERITS (p);"
    converge(
        server,
        OLD + PLAIN.format("integer") + inherits + OWN_CALL.format(child),
        NEW + PLAIN.format(above) + inherits + below.format(child),
    )


def test_a_child_s_own_column_loses_its_default(server: Server) -> None:
    child = "CREATE TABLE c (n integer DEFAULT 4) INHERITS (p);"
    lost = "ALTER TABLE c ALTER n DROP DEFAULT;"
    converge(server, child, child + lost, shared=PLAIN.format("integer DEFAULT 3"))


def test_a_default_of_another_type_makes_way_for_the_parent_s(server: Server) -> None:
    parent = PARTED.format("integer DEFAULT 4")
    converge(server, parent + "CREATE TABLE p1 (n text DEFAULT 'x', k text);", parent + PARTITION)


LEVELS = """
CREATE TABLE p (b int DEFAULT {}); CREATE TABLE c (b int DEFAULT 2) INHERITS (p);
CREATE TABLE d (b int DEFAULT {}) INHERITS (c);
"""
SETTING = "CREATE TABLE p (b int {}); CREATE TABLE c () INHERITS (p); ALTER TABLE c ALTER b {};"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LEVELS.format(1, 4), LEVELS.format(3, 1)),
        (SETTING.format("", "SET STATISTICS 3"), SETTING.format("DEFAULT 9", "DROP DEFAULT")),
    ],
    ids=["three levels", "none of its own"],
)
def test_what_is_set_above_comes_first(server: Server, old: str, new: str) -> None:
    converge(server, old, new)


@pytest.mark.parametrize("own", ["'child'", "'another'"])
def test_a_table_that_is_attached_keeps_a_default_of_its_own(server: Server, own: str) -> None:
    parent = "CREATE TABLE p (id int, note text DEFAULT 'parent') PARTITION BY LIST (id);"
    converge(
        server,
        f"{parent} CREATE TABLE c (id int, note text DEFAULT 'child');",
        f"{parent} CREATE TABLE c PARTITION OF p FOR VALUES IN (1);"
        f"ALTER TABLE c ALTER note SET DEFAULT {own};",
    )
