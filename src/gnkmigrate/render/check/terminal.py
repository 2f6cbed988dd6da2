"""A check on a terminal: a line for each point, and what does not hold below it."""

from io import StringIO

from rich.console import Console

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.diff.omitted import told
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.lines import write_line
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.numbers import duration


def render(result: CheckResult, view: View) -> str:
    """The points in their order, and whether all of them hold."""
    text = StringIO()
    console = console_for(view, text)
    for point in result.points:
        _write(console, point)
    for line in told(result.not_compared):
        write_line(console, "", line)
    console.print(f"\n{result.verdict}", style="bold")
    return text.getvalue()


def _write(console: Console, point: Point) -> None:
    if point.state == "ok":
        write_line(console, "ok", f"{point.title}: {point.summary} ({duration(point.seconds)})")
    elif point.state == "failed":
        write_line(console, "FAILED", f"{point.title}: {point.problems[0]}")
        for problem in point.problems[1:]:
            write_line(console, "", problem)
        if point.hint:
            write_line(console, "", f"next: {point.hint}")
    else:
        why = f"{point.state}: {point.summary}" if point.summary else point.state
        write_line(console, "", f"{point.title}: {why}")
