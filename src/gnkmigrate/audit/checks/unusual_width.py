"""A table of one column or none, or of more than thirty.

One column alone is often half of a table that was meant; dozens of columns are often several
things in one row, and every update writes all of them anew.

Source: PostgreSQL manual, 5.1 (table basics).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import is_child
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_FEW, _MANY = 1, 30


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        if is_child(table):
            continue
        columns = len(snapshot.children(table.identity, "column"))
        if columns <= _FEW or columns > _MANY:
            number = {0: "no column", 1: "a single column"}.get(columns, f"{columns} columns")
            about = object_of(table)
            yield Observation(about, f"Table {about.label(home)} has {number}.", subject="width")


CHECK = StructureCheck(
    id="GNK-S033",
    slug="unusual-width",
    title="Every table has between 2 and 30 columns",
    severity=Severity.INFO,
    impact="It is often half of a table, or several in one.",
    recommendation="See whether it belongs to another table, or should be split.",
    find=find,
)
