"""Rows that agree in what the target declares unique.

A UNIQUE or PRIMARY KEY constraint, or a unique index, cannot be built over them (SQLSTATE 23505).
A NULL equals nothing, unless the target says NULLS NOT DISTINCT.

Source: PostgreSQL manual, 5.5.3 (unique constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, beside, coming_constraints
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.catalog.model import content_hash
from gnkmigrate.diff.change import Change


def probes(gaps: Gaps) -> Iterator[Probe]:
    for type_ in ("primary key", "unique"):
        for change, rows in coming_constraints(gaps, type_):
            yield _probe(change, rows)


def _probe(change: Change, rows: LiveTable) -> Probe:
    fact = change.fact
    columns = fact.payload["columns"]
    parts = [rows.column(name) for name in columns]
    nulls_count = "NULLS NOT DISTINCT" in str(fact.payload["definition"])
    given = "true" if nulls_count else " AND ".join(f"{part} IS NOT NULL" for part in parts)
    what = f"of {'.'.join(rows.table.path[1:])} share their ({', '.join(columns)})"
    return Probe(
        object_of(fact),
        change,
        beside("duplicate_value").format(
            key=rows.key, parts=", ".join(parts), table=rows.relation, given=given
        ),
        one=f"One row {what} with another, which the target forbids.",
        many=f"COUNT rows {what} with others, which the target forbids.",
        hidden=rows.hidden,
        subject=content_hash(fact.subject),
    )


CHECK = DataCheck(
    id="GNK-D005",
    slug="duplicate-value",
    title="No duplicates where the target wants unique values",
    severity=Severity.HIGH,
    impact="The unique index cannot be built while such rows exist.",
    recommendation="Merge or correct the rows first.",
    probes=probes,
)
