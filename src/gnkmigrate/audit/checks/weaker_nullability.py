"""The target allows NULL where the live database does not.

A declaration that leaves NOT NULL out is mostly an oversight: DEFAULT fills in a value that is
not given, but does not refuse a NULL that is. Closing the gap as declared would give away a
guarantee that the application may rely on.

Source: PostgreSQL manual, 5.5.2 (not-null constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import ComparisonCheck, Gaps, Observation
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity


def find(gaps: Gaps) -> Iterator[Observation]:
    by_table: dict[Identity, list[Fact]] = {}
    for change in gaps.changes:
        before, after = change.before, change.after
        if change.kind != "column" or change.verb != "alter" or before is None or after is None:
            continue
        if before.payload["not_null"] and not after.payload["not_null"] and after.parent:
            by_table.setdefault(after.parent, []).append(after)
    for table, columns in by_table.items():
        names = [fact.identity.name for fact in sorted(columns, key=lambda fact: fact.position)]
        about = object_of(Fact(table, None, {}))
        yield Observation(
            about,
            f"The target lets {', '.join(names)} of {about.label(gaps.default_schema)} be NULL; "
            "the database does not.",
            evidence={"columns": names},
        )


CHECK = ComparisonCheck(
    id="GNK-T101",
    slug="weaker-nullability",
    title="The target refuses NULL wherever the database does",
    severity=Severity.LOW,
    impact="Closing the gap as declared gives away a guarantee that the application may rely on.",
    recommendation="Declare the columns NOT NULL in the target, unless NULL is to mean something.",
    find=find,
)
