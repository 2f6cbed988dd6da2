"""What two databases have under the same name in the same place, seen at once for all of it.

By far the most is the same on both sides, and a name is looked up once for it: a large catalog has
hundreds of thousands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds


@dataclass(frozen=True)
class Places:
    """What is in place.

    Attributes:
        same: by the source's identity the target's, which is equal.
        unlike: the source's facts among them of which the target's says something else.
    """

    same: Mapping[Identity, Identity]
    unlike: tuple[Fact, ...]

    def left_over(self, snapshot: Snapshot) -> Iterable[Fact]:
        """The facts of either side that are not among them."""
        if len(self.same) == len(snapshot):
            return ()
        same = self.same
        return [fact for fact in snapshot if fact.identity not in same]


def in_place(source: Snapshot, target: Snapshot) -> Places:
    """What has its name on both sides, in what has its own, and so on outwards.

    What belongs to something with another name may have another one as well (`Kind.follows`), and
    is left out.
    """
    there = target.facts
    same: dict[Identity, Identity] = {}
    unlike: list[Fact] = []
    parents: list[Identity] = []
    parent: Identity | None = None  # what lives in one thing mostly stands together
    for identity, fact in source.facts.items():
        other = there.get(identity)
        if other is None or other.parent != fact.parent:
            continue
        same[identity] = identity
        if not fact.is_alike(other):
            unlike.append(fact)
        if fact.parent is not parent:
            parent = fact.parent
            if parent is not None:
                parents.append(parent)
    gone = {each.identity for each in _elsewhere(source, target) if each.identity in same}
    if gone or any(each not in same and (each in source or each in target) for each in parents):
        _take_out(same, gone, source, target)
        unlike = [fact for fact in unlike if fact.identity in same]
    return Places(same, tuple(unlike))


def _elsewhere(source: Snapshot, target: Snapshot) -> Iterable[Fact]:
    """What goes with something else than its namesake in the target does."""
    for name, kind in kinds().items():
        for fact in source.of_kind(name) if kind.follows else ():
            other = target.facts.get(fact.identity)
            owner = kind.subject(fact)
            if other is not None and isinstance(owner, Identity) and owner != kind.subject(other):
                yield fact


def _take_out(
    same: dict[Identity, Identity], gone: set[Identity], source: Snapshot, target: Snapshot
) -> None:
    """Takes out what is `gone`, and what lives in something that is not in place, however deep."""
    for identity in gone:
        del same[identity]
    while lost := [
        each
        for each in same
        if (parent := source.facts[each].parent) is not None
        and parent not in same
        and (parent in source or parent in target)
    ]:
        for identity in lost:
            del same[identity]
