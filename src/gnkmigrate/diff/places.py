"""What two databases have under the same name in the same place, seen at once for all of it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds


def in_place(source: Snapshot, target: Snapshot) -> AbstractSet[Identity]:
    """The identities of what has its name on both sides, in what has its own, and so on outwards.

    What belongs to something with another name may have another one as well (`Kind.follows`), and
    is left out.
    """
    there = target.facts
    same = {
        fact.identity
        for fact in source
        if (other := there.get(fact.identity)) is not None and other.parent == fact.parent
    }
    same -= {
        fact.identity
        for name, kind in kinds().items()
        if kind.follows
        for fact in source.of_kind(name)
        if fact.identity in same
        and isinstance(owner := kind.subject(fact), Identity)
        and owner != kind.subject(there[fact.identity])
    }
    while lost := {
        each
        for each in same
        if (parent := source.facts[each].parent) is not None
        and parent not in same
        and (parent in source or parent in target)
    }:
        same -= lost
    return same


def left_over(
    snapshot: Snapshot, same: AbstractSet[Identity]
) -> Mapping[tuple[Identity | None, str], list[Fact]]:
    """The facts that are not among these, by what they live in and their kind.

    What lives in something that is no fact counts as outermost.
    """
    found: dict[tuple[Identity | None, str], list[Fact]] = {}
    if len(same) == len(snapshot):
        return found
    for fact in snapshot:
        if fact.identity not in same:
            parent = fact.parent if fact.parent in snapshot.facts else None
            found.setdefault((parent, fact.kind), []).append(fact)
    return found
