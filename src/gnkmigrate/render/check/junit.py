"""A check as JUnit XML, for programs that show test results: a testcase for each point.

What is not run, or not reached because something failed before it, is skipped, with the reason.
"""

from xml.etree import ElementTree as ET  # writes only; nothing foreign is parsed

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible

_NAME = "gnkmigrate check"


def render(result: CheckResult, view: View) -> str:
    """The check as one XML document."""
    del view
    root = ET.Element("testsuites", name=_NAME)
    suite = ET.SubElement(root, "testsuite", name=_NAME)
    for point in result.points:
        suite.append(_case(point))
    states = [point.state for point in result.points]
    counts = {
        "tests": str(len(states)),
        "failures": str(states.count("failed")),
        "errors": "0",
        "skipped": str(states.count("not run") + states.count("not reached")),
        "time": f"{sum(point.seconds for point in result.points):.3f}",
    }
    for element in (root, suite):
        for name, value in counts.items():
            element.set(name, value)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(point: Point) -> ET.Element:
    case = ET.Element(
        "testcase",
        name=visible(point.title),
        classname=f"check.{point.group.replace(' ', '_')}",
        time=f"{point.seconds:.3f}",
    )
    match point.state:
        case "failed":
            failure = ET.SubElement(case, "failure", message=visible(point.problems[0]))
            failure.text = "\n".join(map(visible, (*point.problems, point.hint))).strip()
        case "not run" | "not reached":
            reason = f"{point.state}: {point.summary}" if point.summary else point.state
            ET.SubElement(case, "skipped", message=visible(reason))
        case "ok":
            ET.SubElement(case, "system-out").text = visible(point.summary)
    return case
