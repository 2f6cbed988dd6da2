"""A hash of each object that stands directly in a schema, with all that lives in it.

By these two moments of a database are compared without keeping all its facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gnkmigrate.facts.fact import Fact, content_hash
from gnkmigrate.facts.snapshot import Snapshot

_HASH_DIGITS = 16
CHANGED = "has changed"


class ObjectChange(NamedTuple):
    """What has become of something: it "is new", "is gone" or "has changed"."""

    name: str
    change: str

    def __str__(self) -> str:
        return f"{self.name} {self.change}"


def object_hashes(snapshot: Snapshot) -> Mapping[str, str]:
    """The hash of each object by its name, such as "table public.users"."""
    return {name: hash_of(facts) for name, facts in facts_by_object(snapshot).items()}


def facts_by_object(snapshot: Snapshot) -> Mapping[str, Sequence[Fact]]:
    """All facts, by the name of what they live in and die with."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in snapshot:
        outermost = fact
        while (parent := outermost.parent and snapshot.facts.get(outermost.parent)) is not None:
            if parent.kind == "schema":
                break
            outermost = parent
        found[str(outermost.identity)].append(fact)
    return found


def hash_of(facts: Iterable[Fact]) -> str:
    """One hash, in hexadecimal, of several facts in any order."""
    told = sorted((str(fact.identity), fact.hash) for fact in facts)
    return content_hash(told)[:_HASH_DIGITS]


def object_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Sequence[ObjectChange]:
    """What differs between two sets of hashes, in the order of the names."""
    return [
        ObjectChange(
            name, "is gone" if name not in now else "is new" if name not in before else CHANGED
        )
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
