"""A column of type money.

It does not know its currency: lc_monetary says how the same stored number is read and printed, so
that a dump read on another server may hold other amounts. It has as many digits after the point
as that locale, and no more.

Source: PostgreSQL manual, 8.2 (monetary types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "money"):
        about = object_of(column)
        yield Observation(about, f"Column {about.label(home)} is of type money.")


CHECK = StructureCheck(
    id="GNK-S020",
    slug="money-type",
    title="No amount depends on lc_monetary",
    severity=Severity.LOW,
    impact="What an amount means depends on a setting of the server.",
    recommendation="Use numeric, and a column for the currency.",
    find=find,
)
