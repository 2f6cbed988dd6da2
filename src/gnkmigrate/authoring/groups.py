"""Changes that go together, in an order in which each finds what it needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import satellites
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.action import holders

# What comes and goes with a table's columns.
_PARTS = frozenset({"column", "default", "identity", "inherited column"})


@dataclass(frozen=True)
class Group:
    """Changes of one thing with what lives in it, or of what a table has.

    Attributes:
        root: what they are about; a table for its columns.
        is_whole: whether it comes or goes as a whole.
        changes: in no order.
    """

    root: Identity
    is_whole: bool
    changes: tuple[Change, ...]


def grouped(changes: Sequence[Change], *states: Snapshot) -> tuple[Group, ...]:
    """The groups in their order. Those that wait for each other are one.

    Args:
        changes: either all go, or none does.
        states: where what things live in is found.
    """
    whole = {change.identity for change in changes if change.verb in {"add", "remove"}}
    by_root: dict[Identity, list[Change]] = {}
    for change in changes:
        by_root.setdefault(_root(change.fact, whole, states), []).append(change)
    while True:
        place = {each.identity: root for root, found in by_root.items() for each in found}
        waits = {root: {*_before(root, by_root, place)} for root in sorted(by_root)}
        for found in by_root.values():
            for change in found:
                if change.verb == "remove":
                    root = place[change.identity]
                    for other in {place.get(each, root) for each in holders(change.fact)} - {root}:
                        waits[other].add(root)
        try:
            order = tuple(TopologicalSorter(waits).static_order())
        except CycleError as error:
            first, *others = sorted(set(error.args[1]))
            for other in others:
                by_root[first] += by_root.pop(other)
        else:
            return tuple(Group(root, root in whole, tuple(by_root[root])) for root in order)


def _before(
    root: Identity, by_root: Mapping[Identity, Sequence[Change]], place: Mapping[Identity, Identity]
) -> Iterator[Identity]:
    """The groups that bring what this one needs."""
    for change in by_root[root]:
        if change.verb != "remove":
            needed = (place.get(each, root) for each in holders(change.fact))
            yield from (other for other in needed if other != root)


def _root(fact: Fact, whole: AbstractSet[Identity], states: Sequence[Snapshot]) -> Identity:
    """The outermost thing that comes or goes with it; else what it lives in."""
    chain = [fact.identity, *_parents(fact, states)]
    outer = [identity for identity in chain if identity.kind != "schema"] or chain
    coming = [identity for identity in chain if identity in whole]
    if not coming or coming[-1].kind in _PARTS | satellites():
        return outer[-1]
    return coming[-1]


def _parents(fact: Fact, states: Sequence[Snapshot]) -> Iterable[Identity]:
    parent = fact.parent
    while parent is not None:
        yield parent
        found = next((state.facts[parent] for state in states if parent in state), None)
        parent = None if found is None else found.parent
