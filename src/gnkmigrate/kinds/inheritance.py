"""Columns that tables have of others: of the partitioned table or of those that they inherit."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot


def parents(table: Sequence[str], snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The tables that `table` is a partition of, or inherits, in a database: schema and name."""
    for kind in ("table", "foreign table"):
        identity = Identity(kind, tuple(table))
        for partition in snapshot.children(identity, "partition"):
            yield tuple(partition.payload["of"])
        found = snapshot.facts.get(identity)
        for parent in (found.payload.get("inherits") or ()) if found else ():
            yield tuple(parent)


def all_above(table: Sequence[str], snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The same of these in turn, however far above, the nearest first."""
    for parent in parents(table, snapshot):
        yield parent
        yield from all_above(parent, snapshot)


def columns_above(column: Sequence[str], snapshot: Snapshot) -> Iterator[Fact]:
    """The columns that a table has this one of, however far above.

    Args:
        column: schema, table and column.
        snapshot: the database in which it is looked for.
    """
    *table, name = column
    for parent in parents(table, snapshot):
        for kind in ("column", "inherited column"):
            if (found := snapshot.get(kind, *parent, name)) is not None:
                yield found
        if snapshot.get("column", *parent, name) is None:
            yield from columns_above((*parent, name), snapshot)


def heirs(snapshot: Snapshot) -> Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """The partitions of each table, and those that inherit it, by schema and name."""
    found: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for partition in snapshot.of_kind("partition"):
        found[tuple(partition.payload["of"])].append(partition.identity.path)
    for table in snapshot.of_kind("table"):
        for parent in table.payload["inherits"] or ():
            found[tuple(parent)].append(table.identity.path)
    return found


def tables_below(table: Sequence[str], snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The partitions of a table and those that inherit it, however far below."""
    for child in snapshot.once(heirs).get(tuple(table), ()):
        yield child
        yield from tables_below(child, snapshot)
