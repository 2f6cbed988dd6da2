"""The SQL that closes a gap, and the SQL that opens it again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.audit.fold import Gap
from gnkmigrate.catalog.model import Identity, Snapshot
from gnkmigrate.diff.change import Change, Verb
from gnkmigrate.diff.compare import compare
from gnkmigrate.plan.make import Planner
from gnkmigrate.plan.rule import Unplannable
from gnkmigrate.plan.statement import Statements

_Key = tuple[Verb, Identity | None, Identity | None]

_MIRRORED: Mapping[Verb, Verb] = {
    "add": "remove",
    "remove": "add",
    "alter": "alter",
    "rename": "rename",
}


@dataclass(frozen=True)
class Repair:
    """What closes a gap.

    Attributes:
        fix: statements that bring the live side to the target's.
        undo: statements that bring it back.
        loses: what of the live data `fix` would take away, in words.
        obstacle: why there are no statements, where that is not on purpose.
    """

    fix: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    obstacle: str = ""


class Repairs:
    """Makes repairs for the gaps between two snapshots."""

    def __init__(self, live: Snapshot, target: Snapshot, source_timezone: str) -> None:
        self._forward = Planner(live, target, source_timezone=source_timezone)
        self._back = Planner(target, live, source_timezone=source_timezone)
        self._mirrored = {_key(change): change for change in compare(target, live)}

    def repair(self, gap: Gap) -> Repair:
        """The statements for a gap by themselves.

        A table of another design has none: moving its rows is the migration's work, and what
        would merely alter its columns would lose them.
        """
        if gap.shape == "design":
            return Repair()
        try:
            fix = self._forward.statements_for(*gap.changes)
            undo = self._back.statements_for(*self._mirror(gap.changes))
        except Unplannable as error:
            return Repair(obstacle=error.message)
        losses = dict.fromkeys(statement.loses_data for statement in fix if statement.loses_data)
        return Repair(_texts(fix), _texts(undo), tuple(losses))

    def _mirror(self, changes: Sequence[Change]) -> Iterable[Change]:
        keys = (_mirrored(change) for change in changes)
        return [self._mirrored[key] for key in keys if key in self._mirrored]


def _texts(statements: Statements) -> tuple[str, ...]:
    return tuple(statement.sql for statement in statements)


def _key(change: Change) -> _Key:
    before = change.before.identity if change.before else None
    after = change.after.identity if change.after else None
    return change.verb, before, after


def _mirrored(change: Change) -> _Key:
    verb, before, after = _key(change)
    return _MIRRORED[verb], after, before
