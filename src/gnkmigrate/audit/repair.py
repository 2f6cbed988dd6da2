"""The SQL that closes gaps, and the SQL that opens them again."""

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
    """What closes a gap, or many.

    Attributes:
        fix: statements that bring the live side to the target's, in an order that runs.
        undo: statements that bring it back.
        obstacle: why there are no statements, where that is not on purpose.
    """

    fix: Statements = ()
    undo: Statements = ()
    obstacle: str = ""

    @property
    def losses(self) -> tuple[str, ...]:
        """What of the live data `fix` takes away, in words."""
        return tuple(dict.fromkeys(each.loses_data for each in self.fix if each.loses_data))


class Repairs:
    """Makes repairs for the gaps between two snapshots."""

    def __init__(self, live: Snapshot, target: Snapshot, source_timezone: str) -> None:
        self._forward = Planner(live, target, source_timezone=source_timezone)
        self._back = Planner(target, live, source_timezone=source_timezone)
        self._mirrored = {_key(change): change for change in compare(target, live)}

    def of_gap(self, gap: Gap) -> Repair:
        """The statements for a gap by itself; none for what only a migration can do."""
        return Repair() if gap.shape == "design" else self._repair(gap.changes)

    def of_all(self, gaps: Sequence[Gap]) -> Repair:
        """The statements for all gaps together, apart from those left to a migration."""
        left = {id(gap) for gap in left_to_migration(gaps)}
        return self._repair(
            [change for gap in gaps if id(gap) not in left for change in gap.changes]
        )

    def _repair(self, changes: Sequence[Change]) -> Repair:
        try:
            fix = self._forward.statements_for(*changes)
            undo = self._back.statements_for(*self._mirror(changes))
        except Unplannable as error:
            return Repair(obstacle=error.message)
        return Repair(fix, undo)

    def _mirror(self, changes: Sequence[Change]) -> Iterable[Change]:
        keys = (_mirrored(change) for change in changes)
        return [self._mirrored[key] for key in keys if key in self._mirrored]


def left_to_migration(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """The gaps that statements should not close, or cannot because of those.

    A table of another design is one: what would merely alter its columns would lose what its
    rows mean. What builds on its new columns waits for it.
    """
    designs = [gap for gap in gaps if gap.shape == "design"]
    made = {change.identity for gap in designs for change in gap.changes if change.after}
    return tuple(gap for gap in gaps if gap.shape == "design" or _builds_on(gap, made))


def _builds_on(gap: Gap, made: set[Identity]) -> bool:
    return any(change.after and change.after.depends_on & made for change in gap.changes)


def _key(change: Change) -> _Key:
    before = change.before.identity if change.before else None
    after = change.after.identity if change.after else None
    return change.verb, before, after


def _mirrored(change: Change) -> _Key:
    verb, before, after = _key(change)
    return _MIRRORED[verb], after, before
