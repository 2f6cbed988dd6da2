"""What an audit comes to."""

from dataclasses import replace

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.score import score as of_counts
from gnkmigrate.render.parts.summary import summarise
from tests.render.audit.support import clean, finding, result

EXTRA = replace(finding("orders", Severity.INFO), kind="extra")
CHECKED = replace(finding("orders", Severity.LOW), kind="check", category="structure")


@pytest.mark.parametrize(
    ("audit", "status", "verdict", "next_command"),
    [
        (
            clean(),
            "COMPLETE",
            "The database is as the target declares it; the checks found nothing to look at.",
            "",
        ),
        (
            result(),
            "INCOMPLETE",
            (
                "1 gap separates the database from the target: 1 of its 2 tables is missing; "
                "the checks found nothing to look at."
            ),
            "gnkmigrate upgrade --dry-run",
        ),
        (
            replace(clean(), findings=(EXTRA,)),
            "DIFFERENT",
            "1 gap separates the database from the target; the checks found nothing to look at.",
            "gnkmigrate plan",
        ),
        (
            replace(clean(), target=None, findings=(CHECKED,)),
            "CHECKED",
            "There is no target to compare with; the checks found 1 thing to look at.",
            "gnkmigrate init --from-url URL",
        ),
        (
            replace(clean(), partial=True),
            "PARTIAL",
            "Only the checks that were asked for have run: the checks found nothing to look at.",
            "",
        ),
    ],
)
def test_status_verdict_and_what_to_type_next(
    audit: AuditResult, status: str, verdict: str, next_command: str
) -> None:
    summary = summarise(audit)
    assert (summary.status, summary.verdict) == (status, verdict)
    assert ", ".join(each.command for each in summary.next_commands) == next_command


def test_the_score_falls_with_every_finding_but_never_to_nothing() -> None:
    def score(*severities: Severity) -> int:
        findings = tuple(finding(str(number), each) for number, each in enumerate(severities))
        return summarise(replace(clean(), findings=findings)).score

    assert score() == score(Severity.INFO) == 100
    assert score(Severity.LOW) == 99
    assert score(Severity.HIGH) == 91
    assert score(Severity.CRITICAL) == 80
    assert score(*[Severity.CRITICAL] * 1000) == 0 < score(*[Severity.CRITICAL] * 100)


def test_the_score_does_not_fall_with_size() -> None:
    def score(tables: int, **numbers: int) -> int:
        counts = {each: numbers.get(each.name.lower(), 0) for each in Severity}
        return of_counts(counts, tables)

    assert score(5) == score(500) == 100
    assert score(10, medium=4, low=6) == score(500, medium=200, low=300)
    assert score(5, low=6) == score(10, low=6) < score(20, low=6)
    assert score(10, critical=1) == score(500, critical=1)
    assert score(10_000, low=1) == 99
