"""Every check that a report knows of, whatever came of it: what SARIF calls rules."""

from dataclasses import dataclass

from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import AuditResult, NotRun, Passed


@dataclass(frozen=True)
class Rule:
    """A check by what reports show of it.

    Attributes:
        id: its id.
        slug: its name for people; empty where no finding tells it.
        title: what it looks for, or what a finding of it says.
        category: its group; empty for none.
        severity: the most severe of its findings; None where there is none.
        impact: why it matters.
        recommendation: what to do about it.
    """

    id: str
    slug: str
    title: str
    category: str
    severity: Severity | None = None
    impact: str = ""
    recommendation: str = ""


def rules(result: AuditResult) -> tuple[Rule, ...]:
    """The checks that found something, passed or could not run, in the order of their ids."""
    silent: tuple[Passed | NotRun, ...] = (*result.passed, *result.not_run)
    found = {each.check: Rule(each.check, "", each.title, each.category) for each in silent}
    for finding in (*(each.finding for each in result.accepted), *reversed(result.findings)):
        # The most severe comes last and stays.
        found[finding.check] = _rule(finding, found.get(finding.check))
    return tuple(found[id_] for id_ in sorted(found))


def _rule(finding: Finding, known: Rule | None) -> Rule:
    title = known.title if known is not None else finding.slug.replace("-", " ").capitalize()
    return Rule(
        id=finding.check,
        slug=finding.slug,
        title=title,
        category=finding.category,
        severity=finding.severity,
        impact=finding.impact,
        recommendation=finding.recommendation,
    )
