"""Today beside a report of the past."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gnkmigrate.audit.baseline import compared, kept, read
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import Accepted, AuditResult, NotRun, Passed
from gnkmigrate.errors import SettingsError
from gnkmigrate.render.audit.json import render
from gnkmigrate.render.parts.view import View
from tests.audit.support import TIME
from tests.render.audit.support import finding, result

A, B, C = (finding(name, Severity.MEDIUM) for name in "abc")


def _audit(*findings: Finding) -> AuditResult:
    return replace(result(), findings=findings, not_run=())


def _kept(folder: Path, audit: AuditResult, name: str = "past.json") -> Path:
    file = folder / name
    file.write_text(render(audit, View()))
    return file


def test_what_is_new_fixed_and_still_open(tmp_path: Path) -> None:
    audit = compared(_audit(B, C), read(_kept(tmp_path, _audit(A, B))))
    trend = audit.trend
    assert trend is not None
    assert [(each.object.table, trend.state(each)) for each in audit.findings] == [
        ("b", "open"),
        ("c", "new"),
    ]
    assert [each.id for each in trend.fixed] == [A.id]
    assert (trend.name, trend.time) == ("past.json", result().time)
    assert audit.excused == frozenset()


def test_a_baseline_excuses_what_it_has(tmp_path: Path) -> None:
    past = read(_kept(tmp_path, _audit(A, B)))
    audit = compared(_audit(A, B, C), past, excuses=True)
    assert audit.counting(Severity.LOW) == (C,)


def test_what_has_become_graver_counts_again(tmp_path: Path) -> None:
    past = read(_kept(tmp_path, _audit(A)))
    worse = replace(A, severity=Severity.HIGH)
    audit = compared(_audit(worse), past, excuses=True)
    assert audit.trend is not None
    assert audit.trend.state(worse) == "worse"
    assert audit.counting(Severity.HIGH) == (worse,)
    reworded = replace(A, message="Something else is said.", severity=Severity.LOW)
    assert compared(_audit(reworded), past, excuses=True).counting(Severity.INFO) == ()


def test_nobody_knows_whether_it_is_fixed_unless_somebody_looked(tmp_path: Path) -> None:
    rows = replace(A, check="GNK-D001", category="data")
    past = read(_kept(tmp_path, _audit(A, rows)))
    lame = replace(_audit(), not_run=(NotRun("GNK-D001", "Every value fits", "no privilege"),))
    for audit, fixed, unknown in [
        (lame, [A.id], [rows.id]),
        (replace(_audit(), target=None), [rows.id], [A.id]),
        (replace(_audit(), partial=True), [], [A.id, rows.id]),
    ]:
        trend = compared(audit, past).trend
        assert trend is not None
        assert [each.id for each in trend.fixed] == fixed
        assert [each.id for each in trend.unknown] == unknown


def test_a_check_that_the_project_gave_up_has_fixed_nothing(tmp_path: Path) -> None:
    own = replace(A, check="SHOP-001", category="project")
    past = read(_kept(tmp_path, _audit(own)))
    for passed, fixed in (((), []), ((Passed("SHOP-001", "All is well", "project"),), [own.id])):
        trend = compared(replace(_audit(), passed=passed), past).trend
        assert trend is not None
        assert [each.id for each in trend.fixed] == fixed


def test_what_is_accepted_is_not_fixed(tmp_path: Path) -> None:
    audit = replace(_audit(), accepted=(Accepted(A, "It is meant so.", TIME.date()),))
    trend = compared(audit, read(_kept(tmp_path, _audit(A)))).trend
    assert trend is not None
    assert trend.fixed == ()


def test_reports_about_the_same_database_are_found_by_time(tmp_path: Path) -> None:
    _kept(tmp_path, _audit(A), "z.json")
    _kept(tmp_path, replace(_audit(B), time=TIME + timedelta(days=1)), "a.json")
    other = replace(_audit(C), time=TIME + timedelta(days=2), database="tester@elsewhere:1/shop")
    _kept(tmp_path, other, "b.json")
    reports, damaged = kept(tmp_path, "somebody.else@localhost:5432/shop")
    assert [each.name for each in reports] == ["z.json", "a.json"]
    assert damaged == ()
    assert kept(tmp_path, "nobody@nowhere:1/nothing") == ((), ())


@pytest.mark.parametrize("text", ["{", '{"findings": [], "summary": {}}', "\\udcff"])
def test_a_damaged_report_is_told_and_stops_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    reports, damaged = kept(tmp_path, result().database)
    assert reports == ()
    assert damaged[0].reason.startswith("a.json is not a report to compare with: ")
    with pytest.raises(SettingsError, match="is not a report to compare with"):
        read(tmp_path / "a.json")


@pytest.mark.parametrize("text", ["[]", '{"version": 1, "phases": []}'])
def test_other_documents_may_lie_beside_the_reports(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert kept(tmp_path, result().database) == ((), ())
    with pytest.raises(SettingsError, match="it is not of an audit"):
        read(tmp_path / "a.json")


def test_a_baseline_that_is_missing_is_easily_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path / "none.json")
    assert "--update-baseline" in caught.value.hint


def test_the_report_tells_the_trend(tmp_path: Path) -> None:
    audit = compared(_audit(B, C), read(_kept(tmp_path, _audit(A, B))))
    document = json.loads(render(audit, View()))
    assert [each["state"] for each in document["findings"]] == ["open", "new"]
    trend = document["trend"]
    assert (trend["report"], trend["new"], trend["open"], trend["worse"]) == ("past.json", 1, 1, 0)
    assert [each["id"] for each in trend["fixed"]] == [A.id]
