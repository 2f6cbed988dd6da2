"""A column of type timestamp without time zone.

It stores what a clock on some wall showed, not a moment: what it means depends on the zone of
whoever wrote it, hours vanish and repeat when clocks change, and comparing it with now() silently
uses the session's zone.

Source: PostgreSQL manual, 8.5.1.3 (time stamps).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import columns, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        found = [
            column.identity.name for column in columns(snapshot, table.identity) if is_naive(column)
        ]
        if found:
            yield Observation(
                object_of(table),
                f"Table {object_of(table).label(home)} stores time without a zone in "
                f"{', '.join(found)}.",
                evidence={"columns": found},
            )


def is_naive(column: Fact) -> bool:
    """Whether a column holds timestamps, or arrays of them, that do not know their zone."""
    name = str(column.payload["type"])
    return name.startswith("timestamp") and "without time zone" in name


CHECK = StructureCheck(
    id="GNK-S005",
    slug="timestamp-without-time-zone",
    title="Every timestamp knows its time zone",
    severity=Severity.LOW,
    impact="What the values mean depends on the zone of whoever wrote them.",
    recommendation="Find out the zone that the writers used, then change the type to timestamptz "
    "with USING column AT TIME ZONE that zone.",
    find=find,
)
