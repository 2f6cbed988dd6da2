"""Partitions at both ends of a foreign key: it refers to each, and is switched with theirs."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.constraint.definition import table_of


def partitions_of(table: tuple[str, ...], snapshot: Snapshot) -> Iterator[Identity]:
    """What makes tables partitions of `table`: a foreign key to it refers to each of them."""
    for partition in snapshot.of_kind("partition"):
        if tuple(partition.payload["of"]) == table:
            yield partition.identity
            yield from partitions_of(partition.identity.path, snapshot)


def switched(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """The partitions whose triggers are switched with those of a foreign key: they are there."""
    if references := fact.payload["firing"] and fact.payload["references"]:
        yield from partitions_of(table_of(fact).path, target)
        yield from partitions_of((references["schema"], references["table"]), target)
