"""A column of type timestamp without time zone.

It stores what a clock on some wall showed, not a moment: what it means depends on the zone of
whoever wrote it, hours vanish and repeat when clocks change, and comparing it with now() silently
uses the session's zone.

Source: PostgreSQL manual, 8.5.1.3 (time stamps).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import tables_with
from gnkmigrate.audit.describe import columns, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in tables_with(snapshot, is_naive):
        found = [
            column.identity.name
            for column in columns(snapshot, table.identity)
            if is_naive(column.value("type"))
        ]
        yield Observation(
            object_of(table),
            f"Table {object_of(table).label(home)} stores time without a zone in "
            f"{', '.join(found)}.",
            evidence={"columns": found},
        )


def is_naive(name: str) -> bool:
    """Whether a type is that of timestamps, or arrays of them, that do not know their zone."""
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
