"""NULLs in a column that the target declares NOT NULL.

SET NOT NULL reads every row and stops at the first NULL (SQLSTATE 23502).

Source: PostgreSQL manual, ALTER TABLE (SET NOT NULL).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, altered_columns, beside
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier, literal


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, rows in altered_columns(gaps):
        if not _becomes_not_null(change):
            continue
        name = change.identity.name
        about = object_of(change.fact)
        label = about.label(gaps.default_schema)
        yield Probe(
            about,
            change,
            beside("null_value").format(key=rows.key, column=rows.column(name), rows=rows.rows),
            one=f"One row has no {label}, which the target requires.",
            many=f"COUNT rows have no {label}, which the target requires.",
            table=rows.table,
            hidden=rows.hidden,
            repair=_repair(rows, change.fact, gaps),
            estimate=_estimate(rows, name),
        )


def _repair(rows: LiveTable, column: Fact, gaps: Gaps) -> str:
    """Fills the target's default in, or a value that is asked for."""
    default = gaps.target.get("default", *column.identity.path)
    old = identifier(rows.columns[column.identity.name].identity.name)
    value = ":'value'" if default is None else str(default.payload["expression"])
    hint = "Choose a value" if default is None else "The target's default, unless another is right"
    return f"-- {hint}.\nUPDATE {rows.relation} SET {old} = {value} WHERE {old} IS NULL"


def _estimate(rows: LiveTable, name: str) -> str:
    schema, table = rows.table.path
    return beside("null_value_estimate").format(
        schema=literal(schema),
        table=literal(table),
        column=literal(rows.columns[name].identity.name),
    )


def _becomes_not_null(change: Change) -> bool:
    if change.before is None or change.after is None:
        return False
    return bool(change.after.payload["not_null"]) and not change.before.payload["not_null"]


CHECK = DataCheck(
    id="GNK-D002",
    slug="null-value",
    title="No NULL where the target says NOT NULL",
    severity=Severity.HIGH,
    impact="The column cannot become NOT NULL while such rows exist.",
    recommendation="Fill the values in, or allow NULL in the target.",
    probes=probes,
)
