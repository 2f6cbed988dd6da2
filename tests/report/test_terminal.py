"""The report on a terminal."""

import re
from dataclasses import replace

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted
from gnkmigrate.audit.trend import PastFinding, Trend
from gnkmigrate.report.terminal import render
from gnkmigrate.report.view import View
from tests.report.support import clean, finding, hostile, result


def test_the_first_screen() -> None:
    assert render(result(), View()).splitlines() == [
        "tester@localhost:5432/shop, PostgreSQL 16.15, target schema/target.sql",
        "INCOMPLETE  1 gap separates the database from the target: 1 of its 2 tables is",
        "missing; the checks found nothing to look at.",
        "",
        "0 critical · 1 high · 0 medium · 0 low · 0 info     score 91 of 100",
        "severity  finding                   phase",
        "high      Table orders is missing.  orders",
        "",
        "1 check passed, 1 could not run.",
        "  not run  GNK-D001  permission denied for table users",
        "Next: gnkmigrate upgrade --dry-run",
    ]


def test_nothing_to_say_takes_three_lines() -> None:
    assert render(clean(), View(width=200)).splitlines()[1:] == [
        "COMPLETE  The database is as the target declares it; the checks found nothing to look at.",
        "",
        "1 check passed, 0 could not run.",
    ]


def test_it_fits_the_window_and_a_screen() -> None:
    many = tuple(finding(f"a_table_with_a_long_name_{n}", Severity.HIGH) for n in range(50))
    for width in (60, 80, 132):
        lines = render(replace(result(), findings=many), View(width=width)).splitlines()
        assert max(map(len, lines)) <= width
        assert len(lines) <= 24
        assert any("and 42 more findings: gnkmigrate audit --details" in line for line in lines)


def test_details_show_reasons_evidence_and_sql_that_can_be_copied() -> None:
    statement = f"CREATE TABLE public.orders ({', '.join(f'column_{n} text' for n in range(20))})"
    long = replace(result(), findings=(replace(result().findings[0], fix=(statement,)),))
    text = render(long, View(details=True))
    assert f"  {statement};" in text.splitlines()
    assert "  It is not there." in text
    assert "passed   GNK-S007  Every index is valid" in text


def test_colour_is_there_only_where_it_is_wanted() -> None:
    assert "\x1b" not in render(result(), View())
    assert "\x1b[31mhigh" in render(result(), View(color=True))


def test_names_do_not_steer_the_terminal() -> None:
    text = render(hostile(), View(details=True))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_what_has_changed_and_what_is_accepted() -> None:
    new, old, gone = (finding(name, Severity.LOW) for name in ("new", "old", "gone"))
    trend = Trend(
        "past.json",
        result().time,
        80,
        new=frozenset({new.fingerprint}),
        fixed=(PastFinding(gone.fingerprint, gone.id, gone.severity, gone.message),),
    )
    audit = replace(
        result(),
        findings=(new, old),
        trend=trend,
        accepted=(Accepted(gone, "It is meant so.", result().time.date()),),
        excused=frozenset({old.fingerprint}),
    )
    text = render(audit, View(width=100, details=True))
    assert (
        "Since 2025-12-09 (past.json): 1 new, 1 fixed, 1 still open; score 80 then, 98 now." in text
    )
    assert re.search(r"^low +Table new is missing\. +new$", text, re.MULTILINE)
    assert re.search(r"^low +Table old is missing\. +open$", text, re.MULTILINE)
    assert "1 accepted finding is not counted." in text
    assert "  accepted 2025-12-09  Table gone is missing. It is meant so." in text
    assert f"  fixed    {gone.id}  Table gone is missing." in text
    assert "The baseline has 1 finding of these: no reason to fail." in text
