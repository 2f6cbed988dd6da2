"""Integer keys that become wider, with all the columns that foreign keys tie to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.authoring.columns import (
    ColumnChange,
    column_changes,
    is_convertible,
    is_ordinary,
)
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.run.sync.carried_keys import WIDTHS

_RETYPED = frozenset({"type", "usual_storage"})
_KEYS = frozenset({"primary key", "foreign key"})
_COUNTERS = ("sequence", "identity")


@dataclass(frozen=True)
class Widening:
    """What one op.widen_key does.

    Attributes:
        key: the column to which the others refer.
        references: those, directly or by way of others, and what else of their tables gets wider.
        carried: the keys and sequences that go over to the new columns.
    """

    key: ColumnChange
    references: tuple[ColumnChange, ...]
    carried: frozenset[Identity]

    @property
    def columns(self) -> tuple[ColumnChange, ...]:
        return (*self.references, self.key)

    def brings_about(self, change: Change) -> bool:
        columns = {each.before.identity for each in self.columns}
        return change.identity in columns or change.identity in self.carried

    @property
    def call(self) -> Call:
        """The operation that does it."""
        identity, to = self.key.before.identity, str(self.key.after.payload["type"])
        columns = tuple(sorted(".".join(each.before.identity.path) for each in self.references))
        named: dict[str, Argument] = {"references": columns} if columns else {}
        if to != "bigint":
            named["type"] = to
        return Call("widen_key", (".".join(identity.path[:-1]), identity.name), named)


def widenings(
    columns: Sequence[ColumnChange], source: Snapshot, target: Snapshot
) -> Sequence[Widening]:
    """Those that op.widen_key does: all that becomes wider in tables that have to do with a key.

    Args:
        columns: all columns that change.
        source: the database as it is.
        target: as it shall be.
    """
    wider = {each.before.identity: each for each in columns if _is_wider(each, source)}
    keys = [each for each in source.of_kind("constraint") if each.payload["type"] in _KEYS]
    counters = [fact for kind in _COUNTERS for fact in source.of_kind(kind)]
    tied = {_tied_to(identity, keys) for identity in wider}
    possible = (
        group
        for group in tied
        if group <= wider.keys()
        and all(_goes_over(each, wider, target) for each in counters if _counted(each) in group)
    )
    by_type: dict[str, list[frozenset[Identity]]] = {}
    for group in possible:
        types = {str(wider[each].after.payload["type"]) for each in group}
        if len(types) == 1:
            by_type.setdefault(types.pop(), []).append(group)
    found = (group for groups in by_type.values() for group in _of_same_tables(groups))
    widened = (_widening(group, wider, keys, counters) for group in found)
    return sorted((each for each in widened if each), key=lambda each: each.key.before.identity)


def without_colliding(
    changes: Sequence[Change], source: Snapshot, target: Snapshot
) -> tuple[Sequence[Change], Snapshot]:
    """The changes of a first revision, and what it arrives at, where two have to be written.

    The columns of a table change once in a revision. Where others than those of a key do, the key
    waits for the next.
    """
    columns = tuple(column_changes(changes, source, target))
    widened = widenings(columns, source, target)
    of_keys = {column.before.identity for each in widened for column in each.columns}
    converted = {
        each.table
        for each in columns
        if each.before.identity not in of_keys and is_convertible(each, source)
    }
    later = [each for each in widened if converted & {column.table for column in each.columns}]
    left = [change for change in changes if not any(each.brings_about(change) for each in later)]
    as_before = {
        identity: source.facts[identity]
        for each in later
        for identity in (*each.carried, *(column.before.identity for column in each.columns))
        if any(each.brings_about(change) and change.identity == identity for change in changes)
    }
    return left, target.having({**target.facts, **as_before}.values())


def _of_same_tables(groups: Iterable[frozenset[Identity]]) -> Sequence[frozenset[Identity]]:
    """Those that share a table are one: the columns of a table change once in a revision."""
    found: list[frozenset[Identity]] = []
    for group in groups:
        tables = {each.path[:-1] for each in group}
        others = [each for each in found if tables & {column.path[:-1] for column in each}]
        found = [*(each for each in found if each not in others), group.union(*others)]
    return found


def _widening(
    group: frozenset[Identity],
    wider: Mapping[Identity, ColumnChange],
    keys: Sequence[Fact],
    counters: Sequence[Fact],
) -> Widening | None:
    """None where no column is one of a key: op.convert_columns does that."""
    key = _first_of(group, keys)
    if key is None:
        return None
    carried = {each.identity for each in counters if _counted(each) in group}
    carried |= {each.identity for each in keys if group & {*_columns(each)}}
    others = tuple(wider[each] for each in sorted(group - {key}))
    return Widening(wider[key], others, frozenset(carried))


def _is_wider(column: ColumnChange, source: Snapshot) -> bool:
    """Whether it becomes a wider integer, and nothing else of it changes."""
    before, after = (WIDTHS.get(each.payload["type"], 0) for each in (column.before, column.after))
    return (
        0 < before < after
        and column.differing <= _RETYPED
        and column.before.identity == column.after.identity
        and column.old_default == column.new_default
        and is_ordinary(column.table, source)
    )


def _tied_to(column: Identity, keys: Sequence[Fact]) -> frozenset[Identity]:
    """The column, and all those that foreign keys tie to it, however far away."""
    found = {column}
    while True:
        more = {each for key in keys for pair in _pairs(key) if found & {*pair} for each in pair}
        if more <= found:
            return frozenset(found)
        found |= more


def _first_of(group: frozenset[Identity], keys: Sequence[Fact]) -> Identity | None:
    """The column of a primary key that refers to no other one; None where no key is among them."""
    pairs = [pair for key in keys for pair in _pairs(key)]
    primary = {
        column
        for key in keys
        if key.payload["type"] == "primary key"
        for column in _columns(key)
        if column in group
    }
    referring = {own for own, other in pairs if own != other and own.path[:-1] != other.path[:-1]}
    return min(primary - referring or primary, default=None)


def _pairs(key: Fact) -> Iterator[tuple[Identity, Identity]]:
    """The columns of a foreign key, each with the one that it refers to."""
    to = key.payload["references"]
    if to:
        place = (to["schema"], to["table"])
        others = (Identity("column", (*place, name)) for name in to["columns"])
        yield from zip(_own(key), others, strict=True)


def _columns(key: Fact) -> Iterator[Identity]:
    yield from _own(key)
    for _, other in _pairs(key):
        yield other


def _own(key: Fact) -> Iterator[Identity]:
    table = key.identity.path[:-1]
    return (Identity("column", (*table, name)) for name in key.payload["columns"])


def _counted(counter: Fact) -> Identity | None:
    """The column that a sequence counts for."""
    if counter.kind == "identity":
        return Identity("column", counter.identity.path)
    owner = counter.payload["owned_by"]
    return Identity("column", tuple(owner)) if owner else None


def _goes_over(counter: Fact, wider: Mapping[Identity, ColumnChange], target: Snapshot) -> bool:
    """Whether the target has the sequence as op.widen_key leaves it."""
    column = _counted(counter)
    after = target.facts.get(counter.identity)
    if column is None or column not in wider or after is None:
        return False
    old, new = (each.payload["type"] for each in (wider[column].before, wider[column].after))
    payload = dict(counter.payload)
    if payload["type"] == old and payload["maximum"] == WIDTHS[old]:
        payload["maximum"] = WIDTHS[new]
    elif counter.kind == "sequence":
        new = payload["type"]  # a bound of its own stays, and with it the type
    return dict(after.payload) == {**payload, "type": new}
