"""A check as a Markdown page, such as a job's summary or a comment."""

from collections.abc import Iterator

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.diff.omitted import told
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import code_block, markdown
from gnkmigrate.text.numbers import counted


def render(result: CheckResult, view: View) -> str:
    """The report, with a newline at its end."""
    del view
    title, what = _heading(result)
    lines = [
        f"# {title}",
        "",
        f"**{result.verdict}** {what}",
        "",
        *_problems(result),
        *(f"- {markdown(line)}\n" for line in told(result.not_compared)),
        "| point | state | time | what |",
        "|---|---|---|---|",
        *(_row(point) for point in result.points),
    ]
    return "\n".join(lines) + "\n"


def _heading(result: CheckResult) -> tuple[str, str]:
    if any(point.group == "migrations" for point in result.points):
        ran = counted(len(result.migrations), "migration")
        return "The migrations, run on a copy", f"{ran} of another tool, as they are."
    phases = counted(len(result.phases), "phase")
    return "The revisions, checked", f"{phases} from the baseline to the target and back."


def _row(point: Point) -> str:
    seconds = f"{point.seconds:.2f} s" if point.state in {"ok", "failed"} else ""
    state = f"**{point.state}**" if point.state == "failed" else point.state
    return f"| {markdown(point.title)} | {state} | {seconds} | {markdown(point.summary)} |"


def _problems(result: CheckResult) -> Iterator[str]:
    for point in result.points:
        if point.problems:
            yield from (f"## What does not hold: {markdown(point.title)}", "")
            yield from (code_block("\n".join(point.problems), "text"), "")
            if point.hint:
                yield from (f"Next: {markdown(point.hint)}", "")
