"""Checks of partitions and children that were validated one by one."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ABOVE = "CREATE TABLE t (id integer, n integer) PARTITION BY LIST (id);"
BELOW = "CREATE TABLE p PARTITION OF t FOR VALUES IN (4);"
LAX = "ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;"
FAMILY = (
    "CREATE TABLE t (id integer, n integer); CREATE TABLE c () INHERITS (t);"
    "CREATE TABLE d () INHERITS (c);"
)


def test_a_partition_comes_with_what_is_proven_of_it(server: Server) -> None:
    alone = "CREATE TABLE p (id integer, n integer, CONSTRAINT positive CHECK (n > 0));"
    ways = converge(server, ABOVE + LAX + alone, ABOVE + LAX + BELOW)
    assert ways.there[-1] == "ALTER TABLE public.p VALIDATE CONSTRAINT positive"


@pytest.mark.parametrize("old", [FAMILY, FAMILY + LAX])
def test_a_child_is_validated_alone(server: Server, old: str) -> None:
    ways = converge(server, old, FAMILY + LAX + "ALTER TABLE d VALIDATE CONSTRAINT positive;")
    assert ways.there[-1] == "ALTER TABLE public.d VALIDATE CONSTRAINT positive"


def test_what_is_proven_stays_so(server: Server) -> None:
    """A target that says nothing of it takes no proof away."""
    proven = FAMILY + LAX + "ALTER TABLE d VALIDATE CONSTRAINT positive;"
    assert converge(server, proven, FAMILY + LAX).there == []


def test_nothing_is_proven_of_a_partition_that_comes_with_the_check(server: Server) -> None:
    converge(server, ABOVE, ABOVE + BELOW + LAX)
    converge(server, ABOVE + LAX, ABOVE + BELOW + LAX, back=False)
