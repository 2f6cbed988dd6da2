"""The SQL that closes gaps, and the SQL that opens them again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gnkmigrate.audit.gap import Gap
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import NO_RENAMES, Renames, renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import satellites
from gnkmigrate.kinds.change import Change, Unplannable, Verb
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.planner import Planner, plan

_Key = tuple[Verb, Identity | None, Identity | None]

# What every new database has.
_EVERYWHERE = frozenset({Identity("schema", ("public",)), Identity("extension", ("plpgsql",))})

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

    def __init__(
        self, live: Snapshot, target: Snapshot, source_timezone: str, hints: Renames = NO_RENAMES
    ) -> None:
        back = compare(target, live, hints.inverse())
        renamed = renamed_by(back)
        self._forward = Planner(
            live,
            target,
            source_timezone=source_timezone,
            renamed={new: old for old, new in renamed.items()},
        )
        self._back = Planner(target, live, source_timezone=source_timezone, renamed=renamed)
        self._mirrored = {_key(change): change for change in back}

    def of(self, gap: Gap) -> Repair:
        """The statements for a gap by itself; none for what only a migration can do."""
        if gap.shape == "design":
            return Repair()
        keys = [_mirrored(change) for change in gap.changes]
        mirrored = [self._mirrored[key] for key in keys if key in self._mirrored]
        try:
            return Repair(
                self._forward.statements_for(*gap.changes), self._back.statements_for(*mirrored)
            )
        except Unplannable as error:
            return Repair(obstacle=error.message)


def repair_all(
    live: Snapshot,
    target: Snapshot,
    left: Sequence[Gap],
    source_timezone: str,
    hints: Renames = NO_RENAMES,
) -> Repair:
    """The statements that close all gaps together, apart from those that are `left`."""
    reachable = _without(target, left)

    def statements(source: Snapshot, goal: Snapshot, known: Renames) -> Statements:
        changes = compare(source, goal, known)
        return plan(changes, source, goal, source_timezone=source_timezone)

    try:
        return Repair(
            statements(live, reachable, hints), statements(reachable, live, hints.inverse())
        )
    except Unplannable as error:
        return Repair(obstacle=error.message)


def declaration(target: Snapshot) -> tuple[str, ...]:
    """Statements that make the target in a new database; none where a kind has no rule yet."""
    empty = replace(target, facts={fact.identity: fact for fact in _in_every_database(target)})
    try:
        statements = Planner(empty, target, online=False).plan(compare(empty, target))
    except Unplannable:
        return ()
    return tuple(statement.sql for statement in statements)


def _in_every_database(target: Snapshot) -> Iterator[Fact]:
    for fact in target:
        hangs = fact.kind in satellites() and fact.parent in _EVERYWHERE
        if hangs or fact.identity in _EVERYWHERE:
            yield fact


def left_to_migration(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """The gaps that statements should not close, or cannot because of those.

    A table of another design is one: what would merely alter its columns would lose what its
    rows mean. What builds on its new columns waits for it, and so on.
    """
    left = [gap for gap in gaps if gap.shape == "design"]
    while True:
        made = {change.identity for gap in left for change in gap.changes if change.after}
        more = [gap for gap in gaps if gap not in left and _builds_on(gap, made)]
        if not more:
            return tuple(gap for gap in gaps if gap in left)
        left += more


def _builds_on(gap: Gap, made: set[Identity]) -> bool:
    return any(change.after and change.after.depends_on & made for change in gap.changes)


def _without(target: Snapshot, left: Sequence[Gap]) -> Snapshot:
    """The target as it is where these gaps are not closed."""
    changes = [change for gap in left for change in gap.changes]
    facts = dict(target.facts)
    for change in changes:
        if change.after is not None:
            facts.pop(change.after.identity, None)
    for change in changes:
        if change.before is not None:
            facts[change.before.identity] = change.before
    return replace(target, facts=facts)


def _key(change: Change) -> _Key:
    before = change.before.identity if change.before else None
    after = change.after.identity if change.after else None
    return change.verb, before, after


def _mirrored(change: Change) -> _Key:
    verb, before, after = _key(change)
    return _MIRRORED[verb], after, before
