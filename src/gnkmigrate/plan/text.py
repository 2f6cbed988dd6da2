"""A plan as text for people, with and without colour."""

from collections.abc import Sequence

from rich.text import Text

from gnkmigrate.plan.statement import Statement
from gnkmigrate.plan.summary import effects, summarise
from gnkmigrate.report.escape import visible


def render_plan(statements: Sequence[Statement]) -> Text:
    """The statements with what they do, and a summary at the end."""
    if not statements:
        return Text("Nothing to do: the database is as the target says.")
    text = Text()
    width = len(str(len(statements)))
    for number, statement in enumerate(statements, 1):
        text.append(_entry(number, width, statement))
        text.append("\n")
    summary = summarise(statements)
    text.append(str(summary), style="bold")
    for loss in summary.loses_data:
        text.append(f"\n  loses {visible(loss)}", style="red")
    return text


def _entry(number: int, width: int, statement: Statement) -> Text:
    margin = " " * (width + 2)
    text = Text(f"{number:{width}}  ", style="")
    text.append(visible(statement.reason), style="bold")
    text.append("\n")
    for line in f"{statement.sql};".split("\n"):
        text.append(f"{margin}{visible(line)}\n")
    notes = effects(statement)
    if notes:
        heavy = statement.lock == "ACCESS EXCLUSIVE" and statement.scans
        text.append(f"{margin}{visible(', '.join(notes))}\n", style="yellow" if heavy else "dim")
    if statement.loses_data:
        text.append(f"{margin}loses {visible(statement.loses_data)}\n", style="red")
    return text
