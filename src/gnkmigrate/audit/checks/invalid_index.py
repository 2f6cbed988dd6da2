"""An index that PostgreSQL does not use because its build was not finished.

CREATE INDEX CONCURRENTLY leaves one behind when it is interrupted or finds a duplicate. It takes
space and slows every write, and no query uses it. One that is being built right now looks the
same: look into pg_stat_progress_create_index first.

Source: PostgreSQL manual, CREATE INDEX (building indexes concurrently).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for index in snapshot.of_kind("index"):
        if index.value("valid"):
            continue
        name = object_of(index).label(home)
        yield Observation(
            object_of(index),
            f"Index {name} is invalid: its build was not finished.",
            evidence={"definition": str(index.payload["definition"])},
            fix=(f"REINDEX INDEX CONCURRENTLY {qualified(*index.identity.path)}",),
        )


CHECK = StructureCheck(
    id="GNK-S007",
    slug="invalid-index",
    title="Every index is valid",
    severity=Severity.HIGH,
    impact="Writes pay for it and no query uses it; where it is unique, duplicates get in.",
    recommendation="Build it again with REINDEX INDEX CONCURRENTLY, or drop it.",
    find=find,
)
