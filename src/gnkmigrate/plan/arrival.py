"""What of a database counts when it is asked whether a plan has arrived."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.objects import object_hashes
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.kind import Kind


def counted(snapshot: Snapshot, left_open: Collection[str]) -> Mapping[str, str]:
    """A hash of each object, by its name, of all that a comparison counts as a difference.

    Args:
        snapshot: the database.
        left_open: kinds of which the target says nothing, or not all.
    """
    return object_hashes(snapshot.having(_compared(snapshot, left_open)))


def _compared(snapshot: Snapshot, left_open: Collection[str]) -> Iterator[Fact]:
    for fact in snapshot:
        known = kind_of(fact.kind)
        # What says nothing of its own may be there, or not.
        if fact.kind not in left_open and not known.stays(fact, snapshot):
            yield _plain(fact, known)


def _plain(fact: Fact, known: Kind) -> Fact:
    """A fact without attributes that differ where a comparison sees no difference."""
    left_out = _left_out(fact.kind, fact.fields)
    unordered = {
        key: sorted(value)
        for key in known.unordered.intersection(fact.fields) - left_out
        if isinstance(value := fact.payload[key], list)
    }
    changed: dict[str, Any] = {**unordered, **dict.fromkeys(left_out)}
    return fact.has(changed) if changed else fact


@cache
def _left_out(kind: str, fields: tuple[str, ...]) -> frozenset[str]:
    """Secrets, which are set by hand; what merely describes; and what is enough as it is."""
    known = kind_of(kind)
    return frozenset(
        key
        for key in fields
        if key in known.masked | known.hidden
        or not known.counts(key)
        or known.is_enough(key, True, False)
    )
