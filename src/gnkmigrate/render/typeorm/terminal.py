"""A check of entities on a terminal: what differs, the most severe first, and how much it is."""

from io import StringIO

from rich.console import Console

from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
from gnkmigrate.orm.typeorm.check import Checked
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.lines import write_line
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.numbers import counted

_MARK = 8  # columns of the severity


def render(result: Checked, view: View) -> str:
    """The findings, each with what differs below it."""
    text = StringIO()
    console = console_for(view, text)
    for finding in result.findings:
        _write(console, finding.severity.label, finding.message)
        for difference in finding.evidence.get("differences", ()):
            _write(console, "", difference)
    for line in told(result.not_compared):
        _write(console, "note", line)
    entities = counted(len(result.entities), "entity", "entities")
    far = "" if is_whole(result.not_compared) else f", {AS_FAR}"
    console.print(
        f"{entities}, TypeORM {result.version}: {counted(len(result.findings), 'finding')}{far}.",
        style="bold",
        soft_wrap=True,
    )
    return text.getvalue()


def _write(console: Console, mark: str, text: str) -> None:
    write_line(console, mark, text, width=_MARK, indent=0)
