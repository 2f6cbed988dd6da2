"""An unlogged table.

It is not written to the WAL: it is emptied after a crash, and a standby does not have it. That is
right for what can be made again at any time, and for nothing else.

Source: PostgreSQL manual, CREATE TABLE (UNLOGGED).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        if table.value("persistence") == "unlogged":
            about, name = object_of(table), qualified(*table.identity.path)
            yield Observation(
                about,
                f"Table {about.label(home)} is unlogged: a crash empties it.",
                fix=(f"ALTER TABLE {name} SET LOGGED",),
                undo=(f"ALTER TABLE {name} SET UNLOGGED",),
            )


CHECK = StructureCheck(
    id="GNK-S035",
    slug="unlogged-table",
    title="Every table survives a crash",
    severity=Severity.MEDIUM,
    impact="After a crash it is empty, and on a standby it cannot be read.",
    recommendation="Make it logged, unless its rows can be made again at any time.",
    find=find,
)
