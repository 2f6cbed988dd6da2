"""Rows that a CHECK constraint of the target forbids.

Adding the constraint stops at the first of them (SQLSTATE 23514). The expression is the target's,
as PostgreSQL prints it, asked of the live rows; where a column's type changes too and the
expression makes sense for the new type only, the check says that it could not run.

Source: PostgreSQL manual, 5.5.1 (check constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import beside, coming_constraints
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.catalog.model import content_hash


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, rows in coming_constraints(gaps, "check"):
        fact = change.fact
        about = object_of(fact)
        rule = f"of {'.'.join(rows.table.path[1:])} break the target's {fact.payload['definition']}"
        yield Probe(
            about,
            change,
            beside("check_violation").format(
                key=rows.key,
                source=rows.source(fact.payload["columns"]),
                expression=fact.payload["expression"],
            ),
            one=f"One row {rule.replace(' break ', ' breaks ', 1)}.",
            many=f"COUNT rows {rule}.",
            hidden=rows.hidden,
            subject=content_hash(fact.subject),
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
