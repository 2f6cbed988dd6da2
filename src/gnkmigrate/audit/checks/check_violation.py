"""Rows that a CHECK constraint of the target forbids.

Adding the constraint stops at the first of them (SQLSTATE 23514). The expression is the target's,
as PostgreSQL prints it, asked of what the live rows become in the target's types; where it needs a
type or a function that the database does not have yet, the check says that it could not run.

Source: PostgreSQL manual, 5.5.1 (check constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, beside, coming_constraints
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.postgres.quoting import identifier


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, fact, rows in coming_constraints(gaps, "check"):
        about = object_of(fact)
        key, source = rows.target_rows(fact.payload["columns"])
        rule = f"of {rows.label} break the target's {fact.payload['definition']}"
        yield Probe(
            about,
            change,
            beside("check_violation").format(
                key=key,
                source=source,
                expression=fact.payload["expression"],
            ),
            one=f"One row {rule.replace(' break ', ' breaks ', 1)}.",
            many=f"COUNT rows {rule}.",
            table=rows.table,
            hidden=rows.hidden,
            subject=content_hash(subject(fact)),
            repair=_repair(rows, fact),
        )


def _repair(rows: LiveTable, constraint: Fact) -> str:
    """Another value, where the rule is about one column that keeps its name and type."""
    columns = constraint.payload["columns"]
    if len(columns) != 1 or rows.value(columns[0]) != f"live.{identifier(columns[0])}":
        return ""
    return (
        "-- Choose a value that the rule allows.\n"
        f"UPDATE {rows.relation} SET {identifier(columns[0])} = :'value' "
        f"WHERE NOT ({constraint.payload['expression']})"
    )


CHECK = DataCheck(
    id="GNK-D003",
    slug="check-violation",
    title="Every row obeys the target's CHECK constraints",
    severity=Severity.HIGH,
    impact="The constraint cannot be added while such rows exist.",
    recommendation="Correct the rows, or widen the constraint in the target.",
    probes=probes,
)
