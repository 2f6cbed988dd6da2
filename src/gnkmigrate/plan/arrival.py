"""What of a database counts when it is asked whether a plan has arrived."""

from collections.abc import Collection, Mapping

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.objects import object_hashes
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of


def counted(snapshot: Snapshot, left_open: Collection[str]) -> Mapping[str, str]:
    """A hash of each object, by its name, without what a plan leaves to others.

    Args:
        snapshot: the database.
        left_open: kinds of which the target says nothing, or not all.
    """
    facts = (_without_secrets(fact) for fact in snapshot if fact.kind not in left_open)
    return object_hashes(snapshot.having(facts))


def _without_secrets(fact: Fact) -> Fact:
    """Without attributes in which a secret may stand: that is set by hand, before or after."""
    masked = kind_of(fact.kind).masked
    return fact.has(dict.fromkeys(masked)) if masked else fact
