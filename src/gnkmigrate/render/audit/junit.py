"""The report as JUnit XML, for programs that show test results.

A suite is a category, a testcase a check, and one for each object that it found something about.
What is as severe as --fail-on is a failure; what is less severe, accepted or known to the baseline
has passed with a word about it. What could not run, or was not compared, is skipped, with the
reason.
"""

from collections.abc import Iterator
from typing import get_args
from xml.etree import ElementTree as ET  # writes only; nothing foreign is parsed

from gnkmigrate.audit.finding import Category, Finding
from gnkmigrate.audit.result import Accepted, AuditResult, NotRun, Passed
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible

_OTHER = "other"


def render(result: AuditResult, view: View) -> str:
    """The report as one XML document."""
    root = ET.Element("testsuites", name="gnkmigrate audit")
    for category in (*get_args(Category), _OTHER):
        cases = list(_cases(result, view, category))
        if cases:
            suite = ET.SubElement(root, "testsuite", name=category)
            suite.set("timestamp", result.time.isoformat(timespec="seconds"))
            suite.extend(cases)
            _count(suite, cases)
    _count(root, [*root.iter("testcase")])
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _count(parent: ET.Element, cases: list[ET.Element]) -> None:
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": 0,
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    for name, count in counts.items():
        parent.set(name, str(count))


def _cases(result: AuditResult, view: View, category: str) -> Iterator[ET.Element]:
    for finding in result.findings:
        if finding.category == category:
            yield _found(finding, fails=_fails(result, finding, view))
    for accepted in result.accepted:
        if accepted.finding.category == category:
            yield _accepted(accepted)
    silent: tuple[Passed | NotRun, ...] = (*result.passed, *result.not_run)
    for each in silent:
        if (each.category or _OTHER) == category:
            yield _checked(each, category)
    if category == _OTHER:
        yield from map(_omitted, result.not_compared)


def _omitted(each: Unread) -> ET.Element:
    case = _case(_OTHER, "not-compared", f"not compared: {each}")
    ET.SubElement(case, "skipped", message=visible(each.reason))
    return case


def _fails(result: AuditResult, finding: Finding, view: View) -> bool:
    severe = view.fail_on is not None and finding.severity >= view.fail_on
    return severe and finding.fingerprint not in result.excused


def _case(category: str, check: str, name: str) -> ET.Element:
    return ET.Element(
        "testcase", name=visible(name), classname=visible(f"{category}.{check}"), time="0"
    )


def _found(finding: Finding, *, fails: bool) -> ET.Element:
    case = _case(finding.category, finding.check, f"{finding.slug}: {_name(finding)}")
    message = visible(f"{finding.severity.label}: {finding.message}")
    parts = (message, finding.impact, finding.recommendation, finding.id)
    words = "\n".join(visible(part) for part in parts if part)
    if fails:
        failure = ET.SubElement(case, "failure", message=message, type=finding.severity.label)
        failure.text = words
    else:
        ET.SubElement(case, "system-out").text = words
    return case


def _name(finding: Finding) -> str:
    """The object, and what tells it from others, so that every case has a name of its own."""
    return f"{finding.object or 'database'} ({finding.fingerprint[:8]})"


def _accepted(accepted: Accepted) -> ET.Element:
    case = _found(accepted.finding, fails=False)
    ET.SubElement(case, "skipped", message=visible(f"accepted: {accepted.reason}"))
    case.remove(case[0])
    return case


def _checked(each: Passed | NotRun, category: str) -> ET.Element:
    case = _case(category, each.check, each.title)
    if isinstance(each, NotRun):
        ET.SubElement(case, "skipped", message=visible(f"not run: {each.reason}"))
    return case
