"""A table whose columns may all be NULL, its key apart.

A row that says nothing but its key is then a valid row, and every query has to reckon with NULL
in every column. Mostly some of the columns are always given, and NOT NULL would say so.

Source: PostgreSQL manual, 5.5.2 (not-null constraints), which recommends that most columns
should be NOT NULL.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

# Fewer columns than this say little about how the table was meant.
_ENOUGH = 3


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        keys = _key_columns(table, snapshot)
        others = [
            column
            for column in snapshot.children(table.identity, "column")
            if column.identity.name not in keys and not column.payload["generated"]
        ]
        if len(others) >= _ENOUGH and not any(column.payload["not_null"] for column in others):
            about = object_of(table)
            yield Observation(
                about,
                f"All {len(others)} columns of {about.label(home)} may be NULL, its key apart.",
            )


def _key_columns(table: Fact, snapshot: Snapshot) -> set[str]:
    """The columns of the primary key."""
    return {
        name
        for constraint in snapshot.children(table.identity, "constraint")
        if constraint.payload["type"] == "primary key"
        for name in constraint.payload["columns"]
    }


CHECK = StructureCheck(
    id="GNK-S034",
    slug="all-nullable",
    title="Every table requires something of its rows",
    severity=Severity.INFO,
    impact="Rows that say nothing are valid, and every query has to reckon with NULL.",
    recommendation="Declare NOT NULL what is always given.",
    find=find,
)
