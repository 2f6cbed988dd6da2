"""The way from the database to its target in four parts, with what the database is in between.

What goes, goes first, under the names that it has; what the converted columns need comes next; then
they are converted; and what comes, comes last, under the names that it shall have. So each part
starts from a state that is known, and its way back too.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from gnkmigrate.authoring.column_operations import ColumnOperations
from gnkmigrate.authoring.columns import ColumnChange
from gnkmigrate.authoring.exchanges import Exchange, exchanges
from gnkmigrate.authoring.leaving import above, apart
from gnkmigrate.authoring.widening import Widening
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.action import holders


@dataclass(frozen=True)
class Course:
    """All that has to be done, and when.

    Attributes:
        source: the database as it is.
        target: as it shall be, with what it leaves open as it is.
        converted: the columns that op.convert_columns changes.
        widened: the keys that op.widen_key changes, with what refers to them.
        dropped: those that op.drop_columns takes away.
        added: those that op.add_columns adds.
        exchanged: foreign keys that op.replace_foreign_key exchanges.
        first: what goes before they change.
        needed: what comes before they change, since they need it.
        last: what comes, or changes, afterwards.
        archived: types that converted columns were of.
        afterwards: what goes last, since something uses it until then.
        held: columns of the source that operations of another sort keep until contract.
    """

    source: Snapshot
    target: Snapshot
    converted: tuple[ColumnChange, ...]
    widened: tuple[Widening, ...]
    dropped: tuple[Fact, ...]
    added: tuple[Fact, ...]
    exchanged: tuple[Exchange, ...]
    first: tuple[Change, ...]
    needed: tuple[Change, ...]
    last: tuple[Change, ...]
    archived: tuple[Change, ...]
    afterwards: tuple[Change, ...]
    held: tuple[Fact, ...] = ()

    @cached_property
    def unconverted(self) -> Snapshot:
        """The database when its columns are about to be converted."""
        return applied(self.source, (*self.first, *self.needed))

    @cached_property
    def converted_to(self) -> Snapshot:
        """The database when they have been."""
        facts = dict(self.target.facts)
        for change in self.last:
            if change.after is not None:
                facts.pop(change.after.identity, None)
        altered = {each.identity: each for each in self.last if each.verb == "alter"}
        for change in self.last:
            if change.verb == "rename" and change.before is not None and change.after is not None:
                more = altered.pop(change.identity, None)
                payload = (
                    more.before if more is not None and more.before is not None else change.after
                )
                known = payload.replaced(identity=change.before.identity)
                facts[known.identity] = known
        for identity, change in altered.items():
            if change.before is not None:
                facts[identity] = change.before.replaced(identity=identity)
        for change in self.afterwards:
            if change.before is not None:
                facts[change.before.identity] = change.before
        return self.target.having(facts.values())


def applied(state: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """A state after changes, each of which is whole: nothing is implied."""
    facts = dict(state.facts)
    changes = tuple(changes)
    for change in changes:
        if change.before is not None and change.verb in {"remove", "rename"}:
            facts.pop(change.before.identity, None)
    for change in changes:
        if change.after is not None:
            facts[change.after.identity] = change.after
    return state.having(facts.values())


def course(
    changes: Sequence[Change], source: Snapshot, target: Snapshot, held: Sequence[Fact] = ()
) -> Course:
    """Which change is for which part.

    Args:
        changes: between the two.
        source: the database as it is.
        target: as it shall be, with what it leaves open as it is.
        held: columns of the source that other operations keep until contract.
    """
    columns = ColumnOperations.of(changes, source, target, held)
    left = columns.leave(changes)
    moved = columns.making_way(source)
    exchanged = tuple(exchanges(left, moved, source, target))
    left = [each for each in left if not any(known.brings_about(each) for known in exchanged)]
    changes = tuple(apart(left, moved, changes, source, target))
    removed = [change for change in changes if change.verb == "remove"]
    coming = [change for change in changes if change.verb != "remove"]
    types = columns.types(source)
    first, afterwards = _going(removed, types, source)
    # A type that old columns are of changes while they are: they keep it until contract.
    early = _wanted(columns.new, changes, target) | types
    early |= {*_retyped_in_place(coming, columns.tables)}
    return Course(
        source=source,
        target=target,
        converted=columns.converted,
        widened=columns.widened,
        dropped=columns.dropped,
        added=columns.added,
        exchanged=exchanged,
        first=tuple(first),
        needed=tuple(change for change in coming if change.identity in early),
        last=tuple(change for change in coming if change.identity not in early),
        archived=tuple(change for change in removed if change.identity in types),
        afterwards=tuple(afterwards),
        held=columns.held,
    )


def _going(
    removed: Sequence[Change], types: AbstractSet[Identity], source: Snapshot
) -> tuple[list[Change], list[Change]]:
    """What goes first, and what goes last since something uses it until then; without types."""
    late = _in_use(removed, source)

    def hangs_on(change: Change, identities: AbstractSet[Identity]) -> bool:
        return not identities.isdisjoint({change.identity, *above(change.fact, source)})

    left = [change for change in removed if not hangs_on(change, types)]
    first = [change for change in left if not hangs_on(change, late)]
    return first, [change for change in left if hangs_on(change, late)]


def _retyped_in_place(coming: Sequence[Change], kept: AbstractSet[Identity]) -> Iterator[Identity]:
    """Columns that a statement gives another type, with what goes with them.

    Their table is about to have a view for the old application, which stands in the way then.
    """
    for change in coming:
        if change.kind == "column" and "type" in change.differing and change.fact.parent in kept:
            yield change.identity
            yield from (Identity(kind, change.identity.path) for kind in ("default", "identity"))


def _in_use(removed: Sequence[Change], source: Snapshot) -> frozenset[Identity]:
    """What goes, and is used until then by something that stays; with what hangs on it."""
    going = {change.identity for change in removed}
    late: set[Identity] = set()
    while True:
        staying = (fact for fact in source if fact.identity not in going - late)
        found = {used for fact in staying for used in holders(fact)} & going - late
        if not found:
            return frozenset(late)
        late |= found


def _wanted(
    columns: Sequence[Fact], changes: Sequence[Change], target: Snapshot
) -> frozenset[Identity]:
    """What comes and these columns need, with all that this needs and has.

    Rows that a column is to refer to are looked up while it is converted: their key is as it shall
    be by then.
    """
    come = {change.identity for change in changes if change.verb == "add"}
    waiting = [
        fact
        for column in columns
        for fact in (column, target.get("default", *column.identity.path))
        if fact is not None
    ]
    waiting += [key for column in columns for key in _foreign_keys(column, target)]
    altered = {change.identity for change in changes if change.verb == "alter"}
    altered -= {column.parent for column in columns if column.parent}
    inside: dict[Identity, list[Identity]] = {}
    for identity in come | altered:
        for outer in above(target.facts[identity], target):
            inside.setdefault(outer, []).append(identity)
    found: set[Identity] = set()
    while waiting:
        for needed in holders(waiting.pop()) & (come | altered):
            more = {needed, *inside.get(needed, ())} - found
            found |= more
            waiting += [target.facts[identity] for identity in more]
    return frozenset(found)


def _foreign_keys(column: Fact, target: Snapshot) -> list[Fact]:
    """Those that it is part of."""
    if column.parent is None:
        return []
    return [
        each
        for each in target.children(column.parent, "constraint")
        if each.payload["type"] == "foreign key" and column.identity.name in each.payload["columns"]
    ]
