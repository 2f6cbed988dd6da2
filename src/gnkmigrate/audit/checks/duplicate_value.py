"""Rows that agree in what the target declares unique.

A UNIQUE or PRIMARY KEY constraint, or a unique index, cannot be built over them (SQLSTATE 23505).
A NULL equals nothing, unless the target says NULLS NOT DISTINCT.

Source: PostgreSQL manual, 5.5.3 (unique constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._access import column_of
from gnkmigrate.audit.checks._rows import LiveTable, beside, coming_constraints, live_table
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier


def probes(gaps: Gaps) -> Iterator[Probe]:
    for type_ in ("primary key", "unique"):
        for change, rows in coming_constraints(gaps, type_):
            yield _probe(change, rows)
    for change in gaps.changes:
        fact = change.fact
        coming = change.kind == "index" and change.verb == "add" and fact.payload["unique"]
        table = fact.parent if coming else None
        rows_of = None if table is None else live_table(gaps, table, alone=True)
        if rows_of is not None and _exists(fact, rows_of):
            yield _of_index(change, rows_of)


def _exists(index: Fact, rows: LiveTable) -> bool:
    """Whether every column that an index is built on is there today."""
    names = {identifier(name): name for name in rows.columns}
    needed = [each for each in index.depends_on if each.kind == "column"]
    plain = all(column_of(key) in names or "(" in key for key in index.payload["keys"])
    return plain and all(each.name in rows.columns for each in needed)


def _of_index(change: Change, rows: LiveTable) -> Probe:
    """As for a constraint; but an index may be partial, and be built on expressions."""
    payload = change.fact.payload
    keys = [column_of(key) for key in payload["keys"]]
    given = [] if payload["nulls_not_distinct"] else [f"({key}) IS NOT NULL" for key in keys]
    given += [str(payload["predicate"])] if payload["predicate"] else []
    what = f"of {rows.label} share their ({', '.join(keys)})"
    return Probe(
        object_of(change.fact),
        change,
        beside("duplicate_value").format(
            key=rows.key,
            parts=", ".join(keys),
            rows=rows.source(rows.columns),
            given=" AND ".join(given) or "true",
        ),
        one=f"One row {what} with another, which the target forbids.",
        many=f"COUNT rows {what} with others, which the target forbids.",
        table=rows.table,
        hidden=rows.hidden,
    )


def _probe(change: Change, rows: LiveTable) -> Probe:
    fact = change.fact
    columns = fact.payload["columns"]
    parts = [rows.column(name) for name in columns]
    nulls_count = "NULLS NOT DISTINCT" in str(fact.payload["definition"])
    given = "true" if nulls_count else " AND ".join(f"{part} IS NOT NULL" for part in parts)
    what = f"of {rows.label} share their ({', '.join(columns)})"
    return Probe(
        object_of(fact),
        change,
        beside("duplicate_value").format(
            key=rows.key, parts=", ".join(parts), rows=rows.rows, given=given
        ),
        one=f"One row {what} with another, which the target forbids.",
        many=f"COUNT rows {what} with others, which the target forbids.",
        table=rows.table,
        hidden=rows.hidden,
        subject=content_hash(subject(fact)),
        repair=_repair(rows, parts, "IS NOT DISTINCT FROM" if nulls_count else "="),
    )


def _repair(rows: LiveTable, parts: list[str], equals: str) -> str:
    """Keeps one row of each kind; an address is a row's in its partition alone."""
    alike = " AND ".join(f"{part} {equals} {part.replace('live.', 'other.', 1)}" for part in parts)
    return (
        "-- Keeps the first of each; see first what else they say and who refers to them.\n"
        f"DELETE FROM {rows.relation} AS live USING {rows.relation} AS other\n"
        f"WHERE {alike} AND (live.tableoid, live.ctid) > (other.tableoid, other.ctid)"
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
