"""A column of type time with time zone.

It keeps an hour and an offset from UTC without a day, and without a day nobody knows whether that
offset holds: summer time is not in it. PostgreSQL has it because the SQL standard has it, and
advises against it.

Source: PostgreSQL manual, 8.5 (date/time types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "time with time zone"):
        about = object_of(column)
        yield Observation(about, f"Column {about.label(home)} is an hour with a time zone.")


CHECK = StructureCheck(
    id="GNK-S018",
    slug="time-with-time-zone",
    title="No hour of the day has a time zone",
    severity=Severity.LOW,
    impact="The offset is right for a part of the year only.",
    recommendation="Use timestamptz for moments, and time for hours of whatever day.",
    find=find,
)
