"""Changes of columns that tables below do not let happen are refused before anything is done."""

import pytest

from gnkmigrate.kinds.kind import Unplannable
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
