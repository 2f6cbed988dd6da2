"""Rows that refer to nothing, where the target has a foreign key.

Adding the foreign key stops at the first of them (SQLSTATE 23503). A key with a NULL in it refers
to nothing on purpose (MATCH SIMPLE). Where the referring column's type changes as well, its
values are going to be mapped, and comparing them as they are would prove nothing.

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, beside, coming_constraints, live_table
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.kinds.types import are_comparable
from gnkmigrate.postgres.quoting import identifier


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, rows in coming_constraints(gaps, "foreign key"):
        fact = change.fact
        reference = fact.payload["references"]
        referenced = live_table(gaps, Identity("table", (reference["schema"], reference["table"])))
        columns, others = fact.payload["columns"], reference["columns"]
        if referenced is None or not set(others) <= referenced.columns.keys():
            continue
        if not _keeps_type(columns, rows, fact, gaps):
            continue
        about = object_of(fact)
        what = f"of {rows.label} ({', '.join(columns)})"
        yield Probe(
            about,
            change,
            _listing(columns, others, rows, referenced),
            one=f"One row {what} refers to no row of {reference['table']}.",
            many=f"COUNT rows {what} refer to no row of {reference['table']}.",
            table=rows.table,
            hidden=rows.hidden,
            subject=content_hash(subject(fact)),
            repair=_repair(columns, others, rows, referenced),
        )


def _listing(columns: list[str], others: list[str], rows: LiveTable, referenced: LiveTable) -> str:
    return beside("orphan").format(
        key=rows.key,
        rows=rows.rows,
        given=" AND ".join(f"{rows.column(name)} IS NOT NULL" for name in columns),
        referenced=referenced.relation,
        match=_match(columns, others, rows, referenced),
    )


def _match(columns: list[str], others: list[str], rows: LiveTable, referenced: LiveTable) -> str:
    old = {name: fact.identity.name for name, fact in referenced.columns.items()}
    return " AND ".join(
        f"referenced.{identifier(old[other])} = {rows.column(name)}"
        for name, other in zip(columns, others, strict=True)
    )


def _repair(columns: list[str], others: list[str], rows: LiveTable, referenced: LiveTable) -> str:
    """Forgets what the rows refer to, where NULL is allowed; else removes them."""
    match = _match(columns, others, rows, referenced)
    given = " AND ".join(f"{rows.column(name)} IS NOT NULL" for name in columns)
    lost = (
        f"WHERE {given}\n"
        f"AND NOT EXISTS (SELECT FROM {referenced.relation} AS referenced WHERE {match})"
    )
    optional = [
        rows.columns[name] for name in columns if not rows.columns[name].payload["not_null"]
    ]
    if not optional:
        hint = "-- Removes the rows; keep them elsewhere first."
        return f"{hint}\nDELETE FROM {rows.relation} AS live\n{lost}"
    forgotten = ", ".join(f"{identifier(column.identity.name)} = NULL" for column in optional)
    return (
        f"-- Forgets what they referred to.\nUPDATE {rows.relation} AS live SET {forgotten}\n{lost}"
    )


def _keeps_type(columns: list[str], rows: LiveTable, key: Fact, gaps: Gaps) -> bool:
    return all(
        are_comparable(
            str(rows.columns[name].payload["type"]),
            str(
                gaps.target.facts[Identity("column", (*key.identity.path[:2], name))].payload[
                    "type"
                ]
            ),
        )
        for name in columns
    )


CHECK = DataCheck(
    id="GNK-D004",
    slug="orphan",
    title="Every row refers to one that exists",
    severity=Severity.HIGH,
    impact="The foreign key cannot be validated while such rows exist.",
    recommendation="Correct or remove the rows, or add what they refer to.",
    probes=probes,
)
