"""A table whose columns may all be NULL, its key apart.

A row that says nothing but its key is then a valid row, and every query has to reckon with NULL
in every column. Mostly some of the columns are always given, and NOT NULL would say so.

Source: PostgreSQL manual, 5.5.2 (not-null constraints), which recommends that most columns
should be NOT NULL.
"""

from collections.abc import Collection, Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import key_columns
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

# Fewer columns than this say little about how the table was meant.
_ENOUGH = 3


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        keys = key_columns(snapshot, table.identity) or ()
        given = filled(snapshot, table.identity)
        others = [
            column
            for column in snapshot.children(table.identity, "column")
            if _is_value(column, keys)
        ]
        if any(column.identity.name in given for column in others):
            continue
        if len(others) >= _ENOUGH:
            about = object_of(table)
            yield Observation(
                about,
                f"All {len(others)} columns of {about.label(home)} may be NULL, its key apart.",
            )


def _is_value(column: Fact, keys: Collection[str]) -> bool:
    """Whether somebody writes it, and it is none of the primary key's."""
    return column.identity.name not in keys and not column.value("generated")


CHECK = StructureCheck(
    id="GNK-S034",
    slug="all-nullable",
    title="Every table requires something of its rows",
    severity=Severity.INFO,
    impact="Rows that say nothing are valid, and every query has to reckon with NULL.",
    recommendation="Declare NOT NULL what is always given.",
    find=find,
)
