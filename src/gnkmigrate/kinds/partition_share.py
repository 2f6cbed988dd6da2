"""What indexes and constraints share: on a partition, each may be a share of its parent's."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.index_marks import (
    comes_along,
    held_by,
    is_parted_from,
    share_of,
    stays_behind,
)
from gnkmigrate.kinds.kind import Kind


class PartitionShare(Kind):
    """A kind whose things may be attached to one of a partitioned table."""

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        return comes_along(fact, source, target)

    def held_by(self, fact: Fact, context: Context) -> Iterator[Identity]:
        return held_by(fact, context)

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        return stays_behind(fact, dropped)

    def outlives(self, fact: Fact, cause: Identity, context: Context) -> bool:
        return is_parted_from(fact, cause, context)

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        above = fact.value("attached_to")
        own = () if fact.parent is None else (fact.parent,)
        return (*own, share_of(above)) if above else own
