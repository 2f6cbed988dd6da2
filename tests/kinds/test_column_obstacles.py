"""Changes of columns that tables below do not let happen are refused before anything is done."""

import pytest

from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned


@pytest.mark.parametrize(("old", "new"), [("integer", "bigint"), ("bigint", "integer")])
def test_a_table_below_is_partitioned_by_it(server: Server, old: str, new: str) -> None:
    tables = """CREATE TABLE p (id {} NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
        CREATE TABLE p2 PARTITION OF p DEFAULT PARTITION BY RANGE (id);"""
    with pytest.raises(Unplannable, match=r"public\.p\.id changes, and public\.p2 is partitioned"):
        planned(server, tables.format(old), tables.format(new))


HEIRS = "CREATE TABLE c () INHERITS (a); CREATE TABLE d () INHERITS (c, b);"


def parents(type_: str, name: str = "positive") -> str:
    columns = f"id {type_}, CONSTRAINT {name} CHECK (id > 0)"
    return f"CREATE TABLE a ({columns}); CREATE TABLE b ({columns});"


def test_a_table_below_has_it_of_another_parent(server: Server) -> None:
    with pytest.raises(Unplannable, match=r"public\.d has of public\.b too"):
        planned(server, parents("integer") + HEIRS, parents("bigint") + HEIRS)


def test_a_table_below_has_the_check_of_another_parent(server: Server) -> None:
    with pytest.raises(Unplannable, match=r"public\.d has of public\.b too"):
        planned(server, parents("integer") + HEIRS, parents("integer", "above_zero") + HEIRS)


def test_both_parents_have_it_of_one(server: Server) -> None:
    heirs = "CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (a);"
    heirs += "CREATE TABLE d () INHERITS (b, c);"
    old, new = "CREATE TABLE a (id integer);", "CREATE TABLE a (id bigint);"
    converge(server, old + heirs, new + heirs)


def test_it_leaves_the_other_parent(server: Server) -> None:
    left = HEIRS.replace("c, b", "c")
    converge(server, parents("integer") + HEIRS, parents("bigint") + left)


CHILD = "CREATE TABLE p ({}); CREATE TABLE c ({}) INHERITS (p);"


@pytest.mark.parametrize("own", ["", "z integer"])
def test_a_table_below_has_a_column_of_that_name_and_another_type(server: Server, own: str) -> None:
    with pytest.raises(Unplannable, match=r"public\.c has a column of that name with another"):
        planned(server, CHILD.format("", "z text"), CHILD.format("z integer", own))


def test_a_new_column_is_merged_with_one_below(server: Server) -> None:
    converge(server, CHILD.format("", "z text"), CHILD.format("z text", "z text"))


def test_a_table_below_has_the_new_name(server: Server) -> None:
    old, new = (Identity("column", ("public", "p", name)) for name in "az")
    before, after = CHILD.format("a integer", "z integer"), CHILD.format("z integer", "y integer")
    with pytest.raises(Unplannable, match=r"column public\.p\.a is to be called z, and public\.c"):
        planned(server, before, after, renames=Renames.of((old, new)))
