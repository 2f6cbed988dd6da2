"""A table that inherits from another one without being its partition.

Unique keys and foreign keys hold for each table of the family by itself: the same key may be in
the parent and in a child, and a foreign key to the parent does not find the children's rows.
Declarative partitions do what inheritance was mostly used for.

Source: PostgreSQL manual, 5.10.1 (inheritance, caveats).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        parents = table.payload["inherits"]
        if parents:
            about = object_of(table)
            names = [".".join(parent).removeprefix(f"{home}.") for parent in parents]
            yield Observation(about, f"Table {about.label(home)} inherits from {', '.join(names)}.")


CHECK = StructureCheck(
    id="GNK-S036",
    slug="inherited-table",
    title="No table inherits from another",
    severity=Severity.LOW,
    impact="Unique keys and foreign keys do not hold across the family.",
    recommendation="Use declarative partitions, or tables that refer to a common one.",
    find=find,
)
