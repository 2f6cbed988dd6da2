"""A check of two points that hold, one that does not, and one that was not reached."""

import json

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View

FAILED = Point(
    "target",
    state="failed",
    seconds=0.2,
    problems=("table public.<b>: missing", "1 more"),
    hint="A revision is missing.",
)
RESULT = CheckResult(
    ("labels",),
    160004,
    (
        Point("revisions", summary="1 revision, one head", seconds=0.01),
        Point("expected rows", state="not run", summary="the settings name no file"),
        FAILED,
        Point("downgrade", "labels", "not reached"),
    ),
    (Unread("owner", ("shop",), 1, "", on_purpose=True),),
)


def shown(format_: str, view: View | None = None) -> str:
    return renderer("check", format_)(RESULT, view or View())


def test_a_terminal() -> None:
    assert shown("terminal") == (
        "  ok     revisions: 1 revision, one head (0.01 s)\n"
        "         expected rows: not run: the settings name no file\n"
        "  FAILED target: table public.<b>: missing\n"
        "         1 more\n"
        "         next: A revision is missing.\n"
        "         downgrade: labels: not reached\n"
        "         not compared: 1 owner (shop)\n"
        "\n"
        "Not everything holds.\n"
    )


def test_marks_have_colours_where_the_terminal_has() -> None:
    colored = shown("terminal", View(color=True))
    assert "\x1b[32mok     \x1b[0mrevisions" in colored
    assert "\x1b[1;31mFAILED \x1b[0mtarget" in colored


def test_long_lines_hang_below_their_text() -> None:
    narrow = shown("terminal", View(width=34)).splitlines()
    assert narrow[:2] == ["  ok     revisions: 1 revision,", "         one head (0.01 s)"]


def test_a_page() -> None:
    page = shown("markdown")
    assert "| target | **failed** | 0.20 s |  |" in page
    assert (
        "## What does not hold: target\n\n```text\ntable public.<b>: missing\n1 more\n```" in page
    )


def test_junit() -> None:
    assert '<testsuites name="gnkmigrate check" tests="4" failures="1" errors="0" skipped="2"' in (
        shown("junit")
    )


def test_a_document() -> None:
    document = json.loads(shown("json"))
    assert [point["state"] for point in document["points"]] == [
        "ok",
        "not run",
        "failed",
        "not reached",
    ]
