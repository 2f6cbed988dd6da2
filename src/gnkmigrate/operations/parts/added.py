"""What somebody has added to a table, or a column, of the phase's own, and what goes with it."""

from collections.abc import Collection, Iterator

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.parts import returning
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import relation
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.index_copy import indexes_of, unsupported
from gnkmigrate.run.work import Work

_HINT = "Keep elsewhere what they hold, and drop them."


def columns(work: Work, table: str, made: Collection[str]) -> Iterator[Refusal]:
    """Columns that have come to a table that is to go.

    Those that other operations of the revision take off before are theirs to look after.

    Args:
        work: the session.
        table: "schema.table"; it may be gone already.
        made: the columns that the operation has made.
    """
    gone = {name for step in work.earlier for name in step.takes_off(table)}
    added = [name for name in _added(work, table, made) if name not in gone]
    if added:
        yield Refusal(f"{_said(table)}.", added, len(added), _HINT)


def require_none(work: Work, table: str, made: Collection[str]) -> None:
    """Looks for them once more, when the table is about to go, and lets none come.

    Nothing where somebody has dropped it: that is in no way back's way.

    Raises:
        PhaseFailed: there are such columns.
    """
    if relation.is_there(work, table):
        work.execute(f"LOCK TABLE {quoted(table)} IN ACCESS EXCLUSIVE MODE")
    added = _added(work, table, made)
    if added:
        raise PhaseFailed(f"Phase {work.phase}: {_said(table)}.", details=added, hint=_HINT)


def on_column(work: Work, table: str, column: str, made: Collection[str]) -> Iterator[Refusal]:
    """Constraints, indexes and statistics that have come to a column that is to go.

    Args:
        work: the session.
        table: "schema.table".
        column: its name.
        made: the names of what the phase itself has made on it.
    """
    if not returning.is_known(work) or not relation.columns(work, table, [column]):
        return
    schema = split(table)[0]
    indexes = [
        f"index {index.name}"
        for index in indexes_of(work, table, [column])
        if f"index {qualified(schema, index.name)}" not in work.dropped
    ]
    found = dict.fromkeys((*unsupported(work, table, [column]), *indexes))
    ours = tuple(f"{kind} {name}" for kind in ("constraint", "index") for name in made)
    added = [each for each in found if each.partition(" on table ")[0] not in ours]
    if added:
        message = f"Others use the column {column} of {table}, which the old shape does not have."
        yield Refusal(message, added, len(added), "Drop them before.")


def _said(table: str) -> str:
    return f"Columns have come to {table}, which the old shape does not have, and would be lost"


def _added(work: Work, table: str, made: Collection[str]) -> list[str]:
    if not relation.is_there(work, table):
        return []
    return [name for name in relation.column_names(work, table) if name not in made]
