"""The report as JUnit XML."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult, NotRun, Passed
from gnkmigrate.render.audit.junit import render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean, finding, hostile, result

FULL = replace(
    result(),
    findings=(result().findings[0], finding("cats", Severity.LOW)),
    accepted=(Accepted(finding("dogs", Severity.HIGH), "No dogs.", result().time.date()),),
    passed=(Passed("GNK-S007", "Every index is valid", "structure"),),
    not_run=(NotRun("GNK-D001", "Every value fits", "no privilege", "data"),),
)


def _read(audit: AuditResult, view: View | None = None) -> ET.Element:
    return ET.fromstring(render(audit, view or View()))  # noqa: S314 (our own)


def test_a_suite_for_each_category() -> None:
    suites = [
        (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped"))
        for suite in _read(FULL).iter("testsuite")
    ]
    assert suites == [
        ("gap", "3", "1", "1"),
        ("data", "1", "0", "1"),
        ("structure", "1", "0", "0"),
    ]
    root = _read(FULL)
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("5", "1", "2")


def test_a_finding_fails_from_the_severity_on_that_the_user_chose() -> None:
    def failures(severity: Severity | None) -> list[str | None]:
        root = _read(FULL, View(fail_on=severity))
        return [failure.get("message") for failure in root.iter("failure")]

    assert failures(Severity.HIGH) == ["high: Table orders is missing."]
    assert len(failures(Severity.LOW)) == 2
    assert failures(Severity.CRITICAL) == failures(None) == []


def test_what_the_baseline_has_passes() -> None:
    known = replace(FULL, excused=frozenset({FULL.findings[0].fingerprint}))
    assert list(_read(known).iter("failure")) == []


def test_what_could_not_run_or_is_accepted_is_skipped() -> None:
    skipped = [each.get("message") for each in _read(FULL).iter("skipped")]
    assert skipped == ["accepted: No dogs.", "not run: no privilege"]


def test_what_passed_is_a_testcase_too() -> None:
    (case,) = [
        case
        for case in _read(FULL).iter("testcase")
        if case.get("classname") == "structure.GNK-S007"
    ]
    assert (case.get("name"), list(case)) == ("Every index is valid", [])


@pytest.mark.parametrize("audit", [result(), clean(), hostile(), FULL])
def test_it_is_xml_whatever_things_are_called(audit: AuditResult) -> None:
    assert _read(audit).tag == "testsuites"
    assert "\x1b" not in render(audit, View())


def test_every_case_has_a_name_of_its_own() -> None:
    cases = [(case.get("classname"), case.get("name")) for case in _read(FULL).iter("testcase")]
    assert len(cases) == len(set(cases))
