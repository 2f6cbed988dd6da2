"""The live database enforces a rule that the target does not have.

Closing the gap as declared drops the rule, although everything that it speaks of is still there.
A rule on a column that the target does not have either goes with the column and is no finding.

Source: PostgreSQL manual, 5.5 (constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import ComparisonCheck, Gaps, Observation
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity, content_hash
from gnkmigrate.kinds import subject


def find(gaps: Gaps) -> Iterator[Observation]:
    coming = {
        _rule(change.fact)
        for change in gaps.changes
        if change.verb == "add" and change.kind == "constraint"
    }
    for change in gaps.changes:
        fact = change.before
        if change.verb != "remove" or fact is None or fact.kind != "constraint":
            continue
        # Another rule of the same type about the same columns takes its place.
        if _columns_stay(fact, gaps) and _rule(fact) not in coming:
            table = ".".join(fact.identity.path[:2]).removeprefix(f"{gaps.default_schema}.")
            definition = str(fact.payload["definition"])
            yield Observation(
                object_of(fact),
                f"The target has no {definition} on {table}; the database has.",
                subject=content_hash(subject(fact)),
                evidence={"definition": definition},
            )


def _rule(constraint: Fact) -> tuple[Identity | None, str, tuple[str, ...]]:
    """What a constraint is about: its table, its type and its columns."""
    payload = constraint.payload
    return constraint.parent, str(payload["type"]), tuple(payload["columns"])


def _columns_stay(fact: Fact, gaps: Gaps) -> bool:
    table = fact.identity.path[:2]
    return all(gaps.target.get("column", *table, name) for name in fact.payload["columns"])


CHECK = ComparisonCheck(
    id="GNK-T102",
    slug="weaker-constraints",
    title="The target keeps every rule that the database enforces",
    severity=Severity.MEDIUM,
    impact="Closing the gap as declared drops a rule that today's rows obey.",
    recommendation="Declare the rule in the target, unless it is meant to go.",
    find=find,
)
