"""The live database enforces a rule that the target does not have.

Closing the gap as declared drops the rule, although everything that it speaks of is still there.
A rule on a column that the target does not have either goes with the column and is no finding.

Source: PostgreSQL manual, 5.5 (constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import ComparisonCheck, Gaps, Observation
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.catalog.model import Fact, content_hash


def find(gaps: Gaps) -> Iterator[Observation]:
    for change in gaps.changes:
        fact = change.before
        if change.verb != "remove" or fact is None or fact.kind != "constraint":
            continue
        if _columns_stay(fact, gaps) and not _is_replaced(fact, gaps):
            table = ".".join(fact.identity.path[:2]).removeprefix(f"{gaps.home}.")
            definition = str(fact.payload["definition"])
            yield Observation(
                object_of(fact),
                f"The target has no {definition} on {table}; the database has.",
                subject=content_hash(fact.subject),
                evidence={"definition": definition},
            )


def _columns_stay(fact: Fact, gaps: Gaps) -> bool:
    table = fact.identity.path[:2]
    return all(gaps.target.get("column", *table, name) for name in fact.payload["columns"])


def _is_replaced(fact: Fact, gaps: Gaps) -> bool:
    """Whether the target has a rule of the same type about the same columns."""
    return any(
        change.verb == "add"
        and change.kind == "constraint"
        and change.fact.parent == fact.parent
        and change.fact.payload["type"] == fact.payload["type"]
        and change.fact.payload["columns"] == fact.payload["columns"]
        for change in gaps.changes
    )


CHECK = ComparisonCheck(
    id="GNK-T102",
    slug="weaker-constraints",
    title="The target keeps every rule that the database enforces",
    severity=Severity.MEDIUM,
    impact="Closing the gap as declared drops a rule that today's rows obey.",
    recommendation="Declare the rule in the target, unless it is meant to go.",
    find=find,
)
