"""A plan on a terminal: each statement with what it does, and a summary at the end."""

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.text import Text

from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.summary import effects, summarise
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible

_WORTH_TELLING_S = 0.1


def render(planned: Planned, view: View) -> str:
    """The statements, what they lose, and what a proof has shown."""
    text = StringIO()
    console = console_for(view, text)
    for line in _lines(planned):
        console.print(line, soft_wrap=True)
    return text.getvalue()


def _lines(planned: Planned) -> Iterator[Text]:
    if planned.statements:
        yield from _statements(planned)
    else:
        yield _nothing_to_do(planned.not_compared)
    for line in told(planned.not_compared):
        yield Text(visible(line), "yellow")
    if planned.proof is not None:
        yield Text(visible(str(planned.proof)), "green")


def _nothing_to_do(omitted: Sequence[Unread]) -> Text:
    limit = "" if is_whole(omitted) else f", {AS_FAR}"
    return Text(f"Nothing to do: the database is as the target says{limit}.")


def _statements(planned: Planned) -> Iterator[Text]:
    width = len(str(len(planned.statements)))
    for number, statement in enumerate(planned.statements, 1):
        seconds = planned.proof.seconds[number - 1] if planned.proof else 0
        yield Text.assemble(f"{number:{width}}  ", (visible(statement.reason), "bold"))
        yield from _entry(statement, seconds, " " * (width + 2))
        yield Text()
    summary = summarise(planned.statements)
    yield Text(str(summary), "bold")
    for loss in summary.loses_data:
        yield Text(f"  loses {visible(loss)}", "red")


def _entry(statement: Statement, seconds: float, margin: str) -> Iterator[Text]:
    """The statement, and below it what it does to others."""
    for line in f"{statement.sql};".split("\n"):
        yield Text(f"{margin}{visible(line)}")
    notes = effects(statement)
    if seconds >= _WORTH_TELLING_S:
        notes = (*notes, f"{seconds:.1f} s on the copy")
    if notes:
        heavy = statement.lock == "ACCESS EXCLUSIVE" and statement.scans
        yield Text(f"{margin}{visible(', '.join(notes))}", "yellow" if heavy else "dim")
    if statement.loses_data:
        yield Text(f"{margin}loses {visible(statement.loses_data)}", "red")
