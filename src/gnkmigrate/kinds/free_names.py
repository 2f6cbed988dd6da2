"""Names that change hands: none is taken before it is free, and some have to stand in."""

from collections.abc import Collection, Iterator, Mapping

from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.postgres.quoting import beside
from gnkmigrate.postgres.routine import parted


def in_turn(renamed: Mapping[str, str], taken: Collection[str]) -> Iterator[tuple[str, str]]:
    """Renames one after another, each to a name that is free by then.

    Args:
        renamed: the new names by the old ones.
        taken: what no name that stands in for a while may be.
    """
    left = dict(renamed)
    while left:
        was = next((each for each, becomes in left.items() if becomes not in left), None)
        if was is not None:
            yield was, left.pop(was)
        else:  # what is left goes round in circles
            was = next(iter(left))
            between = stand_in(was, taken)
            left[between] = left.pop(was)
            yield was, between


def stand_in(name: str, taken: Collection[str], suffix: str = "_renamed") -> str:
    """A name for what is called `name`, for a while, that nobody has."""
    while (found := beside(name, suffix)) in taken:
        suffix += "_"
    return found


def names_taken(snapshot: Snapshot) -> frozenset[str]:
    """All names that something has, of whatever name space, and those of arrays of types.

    Types share theirs with the row types of relations, indexes with all relations (pg_type,
    pg_class); which ones a name has to be free in, PostgreSQL's releases do not agree upon.
    """
    found = {parted(name[-1])[0] for fact in snapshot for name in kind_of(fact.kind).names(fact)}
    return frozenset(found).union(f"_{name}" for name in found)
