"""Columns that take their number from a sequence by default (serial).

An identity column does the same by the standard's rules: its sequence needs no privileges of its
own, is copied with CREATE TABLE ... LIKE, and is not overwritten by accident (GENERATED ALWAYS).

Source: PostgreSQL manual, 5.3 (identity columns) and 8.1.4 (serial types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        _serials(snapshot),
        "Column NAME of schema SCHEMA is a serial, not an identity column.",
        "COUNT columns of schema SCHEMA are serial, not identity columns.",
        "columns",
    )


def _serials(snapshot: Snapshot) -> Iterator[Fact]:
    for sequence in snapshot.of_kind("sequence"):
        owner = sequence.payload["owned_by"]
        if owner is None:
            continue
        column, default = snapshot.get("column", *owner), snapshot.get("default", *owner)
        if column is not None and default is not None and sequence.identity in default.depends_on:
            yield column


CHECK = StructureCheck(
    id="GNK-S025",
    slug="serial-column",
    title="Generated numbers come from identity columns",
    severity=Severity.INFO,
    impact="The sequence has privileges of its own, and inserts may bypass it.",
    recommendation="Use GENERATED ALWAYS AS IDENTITY in new tables.",
    find=find,
)
