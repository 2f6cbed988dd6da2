"""What depends on what, looked up from what is used."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.action import holders

Users = Mapping[Identity, Sequence[Fact]]


def users_of(snapshot: Snapshot) -> Users:
    """What depends on each fact directly."""
    users: defaultdict[Identity, list[Fact]] = defaultdict(list)
    for fact in snapshot:
        for identity in holders(fact):
            users[identity].append(fact)
    return users
