"""A plan as text for people, with and without colour."""

from collections.abc import Sequence

from rich.text import Text

from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.proof import Proof
from gnkmigrate.plan.summary import effects, summarise
from gnkmigrate.text.escape import visible

_WORTH_TELLING_S = 0.1


def render_plan(
    statements: Sequence[Statement], proof: Proof | None = None, omitted: Sequence[Unread] = ()
) -> Text:
    """The statements with what they do, and a summary at the end.

    Args:
        statements: the plan.
        proof: what running it on a copy has shown.
        omitted: what it knows nothing of.
    """
    text = _statements(statements, proof) if statements else _nothing_to_do(omitted)
    for line in told(omitted):
        text.append(f"\n{visible(line)}", style="yellow")
    if proof is not None:
        text.append(f"\n{visible(str(proof))}", style="green")
    return text


def _nothing_to_do(omitted: Sequence[Unread]) -> Text:
    limit = "" if is_whole(omitted) else f", {AS_FAR}"
    return Text(f"Nothing to do: the database is as the target says{limit}.")


def _statements(statements: Sequence[Statement], proof: Proof | None) -> Text:
    text = Text()
    width = len(str(len(statements)))
    for number, statement in enumerate(statements, 1):
        seconds = proof.seconds[number - 1] if proof else 0
        text.append(_entry(number, width, statement, seconds))
        text.append("\n")
    summary = summarise(statements)
    text.append(str(summary), style="bold")
    for loss in summary.loses_data:
        text.append(f"\n  loses {visible(loss)}", style="red")
    return text


def _entry(number: int, width: int, statement: Statement, seconds: float) -> Text:
    margin = " " * (width + 2)
    text = Text(f"{number:{width}}  ", style="")
    text.append(visible(statement.reason), style="bold")
    text.append("\n")
    for line in f"{statement.sql};".split("\n"):
        text.append(f"{margin}{visible(line)}\n")
    notes = effects(statement)
    if seconds >= _WORTH_TELLING_S:
        notes = (*notes, f"{seconds:.1f} s on the copy")
    if notes:
        heavy = statement.lock == "ACCESS EXCLUSIVE" and statement.scans
        text.append(f"{margin}{visible(', '.join(notes))}\n", style="yellow" if heavy else "dim")
    if statement.loses_data:
        text.append(f"{margin}loses {visible(statement.loses_data)}\n", style="red")
    return text
