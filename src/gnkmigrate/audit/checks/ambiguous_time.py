"""Times without a zone that the source time zone had twice, or never.

When clocks go back, an hour comes twice, and a time in it may mean either; when they go forward,
an hour is left out, and a time in it was written by a clock of another zone. Converting such a
column to timestamptz takes the later of the two, or moves the time by an hour. In UTC neither
happens.

Sources: PostgreSQL manual, 9.9.4 (AT TIME ZONE) and B.2 (handling of invalid or ambiguous
timestamps).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import altered_columns, beside, types_of
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.kinds.types import TIMESTAMP, TIMESTAMPTZ
from gnkmigrate.postgres.quoting import literal


def probes(gaps: Gaps) -> Iterator[Probe]:
    if gaps.source_timezone.upper() == "UTC":
        return
    for change, rows in altered_columns(gaps):
        before, after = types_of(change)
        if (before.name, after.name) != (TIMESTAMP, TIMESTAMPTZ) or before.array:
            continue
        about = object_of(change.fact)
        what = f"of {about.label(gaps.default_schema)}"
        yield Probe(
            about,
            change,
            beside("ambiguous_time").format(
                key=rows.key,
                rows=rows.rows,
                column=rows.column(change.identity.name),
                zone=literal(gaps.source_timezone),
            ),
            one=f"One time {what} came twice or never in {gaps.source_timezone}.",
            many=f"COUNT times {what} came twice or never in {gaps.source_timezone}.",
            table=rows.table,
            hidden=rows.hidden,
        )


CHECK = DataCheck(
    id="GNK-D011",
    slug="ambiguous-time",
    title="Every time means one moment in the source time zone",
    severity=Severity.LOW,
    impact="These times may become moments an hour away from what was meant.",
    recommendation="Look at the rows; other columns, such as an id, may tell which hour it was.",
    probes=probes,
)
