"""The Markdown report."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.audit.trend import PastFinding, Trend
from gnkmigrate.render.audit.markdown import render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean, finding, hostile, result

SECTIONS = [
    "Executive summary",
    "1. Current schema",
    "2. Target schema",
    "3. Gap analysis",
    "4. Data against the target",
    "5. What else the checks found",
    "6. Migration strategy",
    "7. SQL",
    "8. Testing checklist",
    "9. Rollback",
    "10. What was checked",
    "11. Recommendations",
    "12. Next steps",
    "Appendix A: target schema (DDL)",
    "Appendix B: entity relationship diagrams",
]


def _html(audit: AuditResult) -> str:
    return str(MarkdownIt("gfm-like", {"linkify": False}).render(render(audit, View(details=True))))


@pytest.mark.parametrize("audit", [result(), clean(), hostile()])
def test_it_has_the_sections_that_readers_know(audit: AuditResult) -> None:
    assert re.findall(r"^## (.*)$", render(audit, View(details=True)), re.MULTILINE) == SECTIONS


def test_it_says_what_is_missing_and_what_closes_it() -> None:
    text = render(result(), View(details=True))
    assert "**Records**: users about 1,234,567" in text
    assert "| high | Table orders is missing. | orders | `GNK-G011-" in text
    assert "CREATE TABLE public.orders ();" in text
    assert "-- Takes away all rows of public.orders.\nDROP TABLE public.orders;" in text
    assert "**not run**: Every value fits `GNK-D001`: permission denied for table users" in text


def test_every_table_is_one_table() -> None:
    """A line break or a pipe that came through would tear a row apart."""
    for block in re.findall(r"(?:^\|.*\n)+", render(hostile(), View(details=True)), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1


def test_names_do_no_harm() -> None:
    html = _html(hostile())
    assert "<script>" not in html
    assert "<a " not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "<h1># title" not in html
    assert len(re.findall("<h1>", html)) == 1


def test_html_is_only_the_templates_own() -> None:
    found = set(re.findall(r"<(?!!)/?([a-z]+)", render(result(), View(details=True))))
    assert found <= {"br", "details", "summary"}


def test_equal_results_give_equal_reports() -> None:
    assert render(hostile(), View(details=True)) == render(
        hostile(), View(width=10, color=True, details=True)
    )


def test_the_diagram_marks_what_is_missing() -> None:
    assert 'orders["orders (missing)"] {' in render(result(), View(details=True))


def test_silence_proves_nothing_where_a_check_has_not_run() -> None:
    assert "No row was found that the target could not hold." in render(clean(), View(details=True))
    assert "not every check of the rows has run" in render(result(), View(details=True))
    partly = replace(clean(), partial=True)
    assert "not every check of the rows has run" in render(partly, View(details=True))


def test_a_finding_about_rows_hinders_its_phase() -> None:
    assert ", blocks phase " in render(hostile(), View(details=True))


def test_without_gaps_there_is_nothing_to_migrate() -> None:
    text = render(clean(), View(details=True))
    assert "There is nothing to migrate." in text
    assert "- [ ]" not in text


def test_each_group_of_checks_has_its_part() -> None:
    hole = replace(result().findings[0], category="security", kind="check", slug="hole")
    flaw = replace(hole, category="target", slug="flaw")
    text = render(replace(result(), findings=(hole, flaw)), View(details=True))
    assert "- **Security**: 1 finding, see section 5" in text
    assert re.findall(r"^### 5.*$", text, re.MULTILINE) == [
        "### 5.1 Security",
        "### 5.2 The target itself",
    ]


def test_what_is_accepted_and_what_has_changed() -> None:
    gone = finding("gone", Severity.LOW)
    trend = Trend(
        "past.json",
        result().time,
        80,
        new=frozenset({result().findings[0].fingerprint}),
        fixed=(PastFinding(gone.fingerprint, gone.id, gone.severity, gone.message),),
    )
    accepted = (Accepted(gone, "It is | meant so.", result().time.date()),)
    text = render(replace(result(), trend=trend, accepted=accepted), View(details=True))
    assert "Since 2025-12-09 (past.json): 1 new, 1 fixed, 0 still open; score 80 then" in text
    assert "| low | Table gone is missing. | It is \\| meant so. | 2025-12-09 |  |" in text
    assert "- **new**: Table orders is missing." in text
    assert "- fixed: Table gone is missing." in text


def test_where_no_details_are_asked_for_it_fits_a_comment() -> None:
    many = tuple(
        replace(finding(f"a_table_with_a_long_name_{n}", severity), slug=f"check-{n % 60}")
        for n in range(3000)
        for severity in (Severity.HIGH, Severity.LOW)
    )
    text = render(replace(result(), findings=many), View())
    assert len(text) < 60_000
    assert "And 2,950 more that severe." in text
    assert re.search(r"^\| low \| Check 7 \| 50 \| .* and 47 more \|$", text, re.MULTILINE)
    assert "`gnkmigrate plan`" in text


def test_a_comment_holds_no_markup_of_the_databases() -> None:
    assert "<script" not in render(hostile(), View())
