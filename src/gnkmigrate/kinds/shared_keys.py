"""Foreign keys that a partition has of those above it (manual: ALTER TABLE ... ATTACH PARTITION).

Where the table has the same one already, by whatever name, PostgreSQL makes the two one; a table
that is detached keeps it as its own, by the name that it has there. Before PostgreSQL 15 it loses
one that refers to a partitioned table.
"""

from collections.abc import Iterator, Mapping

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.constraint.kind import KIND as CONSTRAINT
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.kinds.inheritance import parents
from gnkmigrate.kinds.joining import renamed
from gnkmigrate.kinds.statement import Statement

_KEEPS_ALL = 150000  # the first server_version_num where DETACH PARTITION takes no key away


def is_merged(key: Fact, snapshot: Snapshot, context: Context) -> bool:
    """Whether a table's own foreign key is, on the other side, one of those above it.

    Args:
        key: the table's own.
        snapshot: where it is a partition.
        context: where it is none is the other of the two.
    """
    if key.parent is None:
        return False
    apart = context.source if snapshot is context.target else context.target
    return any(
        _first(key.parent, above, apart) == key
        and not _goes_first(above, key.parent, context)
        and not _refers_to_gone(above, context)
        and not (apart is context.target and _is_lost(above, context.source))
        for above in keys_above(key.parent, snapshot)
    )


def keys_after_parting(partition: Fact, context: Context) -> Iterator[Statement]:
    """Names those that a table keeps as the target does, and drops those that it does not have."""
    table = partition.parent
    if table is None or not context.stays(table):
        return
    stay = tuple(keys_above(table, context.target))
    for name, above in _kept(partition, context.source).items():
        if _goes_first(above, table, context) or _is_lost(above, context.source):
            continue
        wanted = None if _refers_to_gone(above, context) else _first(table, above, context.target)
        if wanted is not None and wanted.identity.name != name:
            yield renamed(table, name, wanted.identity.name)
        elif wanted is None and not any(_is_same(above, each) for each in stay):
            identity = Identity("constraint", (*table.path, name))
            copy = Fact(identity, table, above.payload, above.depends_on)
            yield from CONSTRAINT.drop(copy, context)


def keys_above(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The foreign keys of all tables that one is a partition of, however far above."""
    for partition in snapshot.children(table, "partition"):
        parent = Identity("table", tuple(partition.payload["of"]))
        yield from _own(parent, snapshot)
        yield from keys_above(parent, snapshot)


def is_of_family(key: Fact, table: Identity, snapshot: Snapshot) -> bool:
    """Whether it refers to a table above its own, or to one whose keys lead back there.

    Such a key goes before the partitions, which would keep it as their own: each key has to go
    before the partitions of what it refers to, and in a circle no order has it the other way.
    """
    family = set(_family(table, snapshot))
    seen, waiting = set[tuple[str, ...]](), [key]
    while waiting:
        other = referenced(waiting.pop())
        if other in family:
            return True
        if other is not None and other not in seen:
            seen.add(other)
            there = Identity("table", other)
            waiting += (*_own(there, snapshot), *keys_above(there, snapshot))
    return False


def _goes_first(above: Fact, table: Identity, context: Context) -> bool:
    """Whether it is gone, and for the partition as well, before that leaves."""
    return above.identity in context.dropped and is_of_family(above, table, context.source)


def _is_lost(above: Fact, source: Snapshot) -> bool:
    """Whether DETACH PARTITION itself takes it from the partition."""
    other = referenced(above)
    table = source.get("table", *other) if other else None
    partitioned = table is not None and table.payload["partitioned_by"] is not None
    return partitioned and source.server_version < _KEEPS_ALL


def _refers_to_gone(above: Fact, context: Context) -> bool:
    """Whether it cannot be kept: what it refers to is dropped, be it to be made again."""
    other = referenced(above)
    if other is None:
        return False
    table = Identity("table", other)
    before, after = (side.facts.get(table) for side in (context.source, context.target))
    return table in context.dropped or (
        before is not None
        and after is not None
        and before.payload["partitioned_by"] != after.payload["partitioned_by"]
    )


def _family(table: Identity, snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    for parent in parents(table.path, snapshot):
        yield parent
        yield from _family(Identity("table", parent), snapshot)


def _kept(partition: Fact, snapshot: Snapshot) -> Mapping[str, Fact]:
    """By their names in the partition, the foreign keys that it has of those above it."""
    parent = Identity("table", tuple(partition.payload["of"]))
    above = {each.identity.name: each for each in _own(parent, snapshot)}
    for each in snapshot.children(parent, "partition"):
        above = {**_kept(each, snapshot), **above}
    names: Mapping[str, str] = partition.payload["foreign_keys"] or {}
    return {name: above[origin] for name, origin in names.items() if origin in above}


def _first(table: Identity, above: Fact, snapshot: Snapshot) -> Fact | None:
    """The table's own foreign key that is the same: of several PostgreSQL takes the first."""
    return next((each for each in _own(table, snapshot) if _is_same(each, above)), None)


def _own(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    for each in snapshot.children(table, "constraint"):
        if each.payload["type"] == "foreign key":
            yield each


def _is_same(one: Fact, other: Fact) -> bool:
    return all(one.payload[each] == other.payload[each] for each in ("definition", "validated"))
