"""What a script says of a database, apart from what is so because somebody has run it.

Whoever runs a script owns what it makes, unless it says otherwise; and a script that grants
nothing does not mean that nobody may do anything. What it leaves open so is no fact of it.
"""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds


def as_script(snapshot: Snapshot, superuser: str) -> Snapshot:
    """What a script has made of an empty database, as it means it.

    Args:
        snapshot: the database, read by the role that has run the script.
        superuser: the role that has what PostgreSQL makes itself.
    """
    facts = tuple(_stated(snapshot, superuser))
    version = snapshot.server_version
    said = {fact.kind for fact in facts if kinds()[fact.kind].says(fact, version)}
    unstated = frozenset(
        name
        for name, kind in kinds().items()
        if kind.silence is not None and not kind.silence & said
    )
    return replace(snapshot.having(facts), role="", unstated=snapshot.unstated | unstated)


def _stated(snapshot: Snapshot, superuser: str) -> Iterator[Fact]:
    for fact in snapshot:
        kind = kinds()[fact.kind]
        stated = fact if kind.silence is None else kind.stated(fact, snapshot.role, superuser)
        if stated is not None:
            yield stated
