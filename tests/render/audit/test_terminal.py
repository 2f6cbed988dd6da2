"""The report on a terminal."""

import re
from dataclasses import replace

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, NotRun
from gnkmigrate.audit.trend import PastFinding, Trend
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.render.audit.terminal import render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean, finding, hostile, result, snapshot, table


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
        "Next: gnkmigrate upgrade --dry-run  tries the phases, and rolls them back",
        "      gnkmigrate audit --details    shows all of it, with evidence and SQL",
    ]


def test_nothing_to_say_takes_three_lines() -> None:
    assert render(clean(), View(width=200)).splitlines()[1:] == [
        "COMPLETE  The database is as the target declares it; the checks found nothing to look at.",
        "",
        "1 check passed, 0 could not run.",
    ]


@pytest.mark.parametrize("width", [60, 80, 132])
def test_it_fits_the_window_and_a_screen(width: int) -> None:
    many = tuple(
        replace(finding(f"a_table_with_a_long_name_{n}", severity), slug=f"check-{n}")
        for n in range(50)
        for severity in (Severity.HIGH, Severity.LOW)
    )
    lines = render(replace(result(), findings=many), View(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 24
    rest = r"and \d+ more findings by \d+ checks, \d+ high"
    assert any(re.fullmatch(rest, line) for line in lines)


def test_findings_of_one_check_are_one_line() -> None:
    many = tuple(finding(f"t{n}", Severity.LOW) for n in range(50))
    text = render(replace(result(), findings=many), View())
    assert re.search(r"^low +Missing table: 50 in t0, t1, t2 and 47 more\.$", text, re.MULTILINE)


def test_partitions_are_told_under_the_table_at_the_top() -> None:
    parts = [
        Fact(
            Identity("partition", ("public", name)),
            Identity("table", ("public", name)),
            {"of": ["public", parent]},
        )
        for name, parent in (("orders_1", "orders"), ("orders_1_a", "orders_1"))
    ]
    audit = replace(result(), live=snapshot(*table("orders"), *parts))
    found = tuple(finding(name, Severity.LOW) for name in ("orders_1", "orders_1_a", "orders"))
    text = render(replace(audit, findings=found), View())
    assert re.search(r"^low +Missing table: 3 in orders \(3\)\.$", text, re.MULTILINE)


def test_what_could_not_run_for_one_reason_is_one_line() -> None:
    checks = tuple(NotRun(f"GNK-D00{n}", "", "there is no target") for n in range(1, 6))
    text = render(replace(clean(), not_run=checks), View())
    assert "  not run  5 checks  there is no target\n" in text


def test_what_could_not_run_is_told_or_counted_what_may_not_be_read_first() -> None:
    checks = (
        *(NotRun(f"GNK-P00{n}", "", f"reason {n}", severity=Severity.LOW) for n in range(5)),
        *(NotRun("GNK-S017", "", "reason 0", severity=Severity.LOW) for _ in range(2)),
        NotRun("GNK-A020", "", "there is no target", severity=Severity.CRITICAL),
        NotRun("GNK-D001", "", "permission denied for table a", severity=Severity.LOW),
    )
    lines = render(replace(clean(), not_run=checks), View()).splitlines()
    assert lines[-5:] == [
        "1 check passed, 9 could not run.",
        "  not run  GNK-D001  permission denied for table a",
        "  not run  GNK-A020  there is no target",
        "  not run  3 checks  reason 0",
        "  not run  4 more, for 4 other reasons",
    ]


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
