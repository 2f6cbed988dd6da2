"""Two schemas, and what separates them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.diff.likely_renames import Likely
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds.change import Change


@dataclass(frozen=True)
class Compared:
    """What `gnkmigrate diff` shows.

    Attributes:
        changes: what would take the source to the target.
        source: the schema as it is.
        target: as it should be.
        likely: what may be one thing under two names.
        not_compared: what nobody has looked at.
        source_name: the source as people know it, without a password.
        target_name: the target likewise.
        source_timezone: the zone in which timestamps without one were written.
    """

    changes: Sequence[Change]
    source: Snapshot
    target: Snapshot
    likely: Sequence[Likely] = ()
    not_compared: Sequence[Unread] = ()
    source_name: str = ""
    target_name: str = ""
    source_timezone: str = "UTC"
