"""The facts of both sides by what they live in and by kind."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from gnkmigrate.diff.places import Places
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

Children: TypeAlias = Mapping[Identity | None, Mapping[str, Sequence[Fact]]]


class Family(NamedTuple):
    """Siblings of one kind on both sides, and whether what they are called by may be renamed."""

    kind: str
    old: Sequence[Fact]
    new: Sequence[Fact]
    moved: bool


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=attrgetter("identity"))


def left_over(
    snapshot: Snapshot, places: Places
) -> Mapping[tuple[Identity | None, str], list[Fact]]:
    """The facts that are not in place, by what they live in and their kind.

    What lives in something that is no fact counts as outermost.
    """
    found: dict[tuple[Identity | None, str], list[Fact]] = {}
    for fact in places.left_over(snapshot):
        parent = fact.parent if fact.parent in snapshot.facts else None
        found.setdefault((parent, fact.kind), []).append(fact)
    return found


def by_parent(snapshot: Snapshot) -> Children:
    """The children of every fact; None has the outermost, and those whose parent is not there."""
    families = snapshot.families
    outermost: dict[str, list[Fact]] = {}
    for parent in [each for each in families if each is None or each not in snapshot.facts]:
        for kind, facts in families[parent].items():
            outermost.setdefault(kind, []).extend(facts)
    return {**families, None: outermost}
