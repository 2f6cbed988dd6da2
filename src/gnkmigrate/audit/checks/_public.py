"""What PUBLIC may do, that is everybody who can connect, as the facts of grants tell it."""

from collections.abc import Iterator
from typing import NamedTuple

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.privileges import BY_OWNER, PUBLIC, Level, privileges
from gnkmigrate.postgres.quoting import identifier


class Held(NamedTuple):
    """One privilege that PUBLIC has.

    Attributes:
        name: such as "SELECT".
        column: the column that it is limited to; "" for the whole thing.
        by_owner: the owner has granted it, and may revoke it.
    """

    name: str
    column: str = ""
    by_owner: bool = True

    def __str__(self) -> str:
        """As GRANT and REVOKE write it."""
        return f"{self.name} ({identifier(self.column)})" if self.column else self.name


def held(grants: Fact) -> list[Held]:
    """What PUBLIC has of one fact of grants, or of default privileges, in the order of names."""
    of_column = grants.identity.path[0] == "column"
    column = grants.identity.path[-1] if of_column else ""
    told = privileges(grants.value("grants"))
    return sorted(
        Held(key.name, column, key.grantor == BY_OWNER)
        for key, level in told.items()
        if key.role == PUBLIC and level is not Level.NONE
    )


def opened(snapshot: Snapshot, kind: str) -> Iterator[tuple[Fact, list[Held]]]:
    """Things of a kind that PUBLIC has privileges on beyond those that PostgreSQL gives."""
    for thing in snapshot.of_kind(kind):
        grants = snapshot.get("grants", kind, *thing.identity.path)
        found = [] if grants is None else held(grants)
        if found:
            yield thing, found
