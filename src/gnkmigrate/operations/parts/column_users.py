"""Who uses a column that is to go, and is nobody that goes before it."""

from collections.abc import Sequence

from gnkmigrate.operations.parts.whole import bare
from gnkmigrate.run import dependents
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work


def refusals(work: Work, table: str, names: Sequence[str], message: str) -> Sequence[Refusal]:
    """One that names them; none where there are none.

    Args:
        work: the session.
        table: "schema.table".
        names: its columns.
        message: what is wrong, in a sentence.
    """
    gone = {each for step in work.beside for each in step.clears}
    found = [each for each in dependents.dependents(work, table, names) if bare(each) not in gone]
    if not found:
        return ()
    return (Refusal(message, found, len(found), "Drop them, or change them, before."),)
