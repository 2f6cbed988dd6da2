"""NOT NULL that tables below have by themselves, beside what they inherit."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, parents, tables_below
from gnkmigrate.kinds.not_null_name import NAMED, usual
from gnkmigrate.kinds.not_null_statements import rename_not_null, set_not_null
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def own(column: tuple[str, ...], snapshot: Snapshot) -> str | None:
    """What a child calls the NOT NULL that it has by itself beside its parent's."""
    *table, name = column
    found = snapshot.get("table", *table)
    named: str | None = ((found and found.payload.get("own_not_null")) or {}).get(name)
    return named


def allowed_below(
    column: Fact, context: Context, *, own_alone: bool = False
) -> Iterator[Statement]:
    """Takes NOT NULL from the tables right below, which keep as their own what they inherited.

    Args:
        column: the parent's.
        context: both sides.
        own_alone: whether those keep it alone that had it by themselves.
    """
    *table, name = column.identity.path
    for child in context.below(table):
        if own_alone and own((*child, name), context.source) is None:
            continue
        here = (context.target.get(kind, *child, name) for kind in ("inherited column", "column"))
        if tuple(table) in parents(child, context.target) and not any(
            each is not None and each.payload["not_null"] for each in here
        ):
            below = Fact(Identity("column", (*child, name)), None, column.payload)
            action = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
            reason = f"The target allows nulls in {qualified(*child, name)}."
            yield alter_table_of(below, action, reason)


def allowed_in_partitions(change: Change, context: Context) -> Iterator[Statement]:
    """Takes NOT NULL from partitions that may keep it as their own, by their parent's name (18).

    Those have been given it by a primary key, or had it before it was their parent's. What the
    target forbids there by itself comes after that, by its own name.
    """
    if change.before is None or context.source.server_version < NAMED:
        return
    *table, name = change.identity.path
    staying = frozenset(context.below(table))
    for child in tables_below(change.before.identity.path[:-1], context.source):
        there = (*context.names.of(Identity("table", child)).path, name)
        alone = context.target.get("inherited column", *there)
        if there[:-1] in staying and (
            is_of_key((*child, change.before.identity.name), context.source)
            or (alone and alone.payload["not_null"] and _is_partition(child, context.source))
        ):
            below = Fact(Identity("column", there), None, {})
            action = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
            reason = f"{qualified(*there)} has no NOT NULL of its parent's any more."
            yield alter_table_of(below, action, reason)


def is_of_key(column: tuple[str, ...], snapshot: Snapshot) -> bool:
    """Whether a partition has a primary key on this column."""
    return _is_partition(column[:-1], snapshot) and any(
        key.payload["type"] == "primary key" and column[-1] in key.payload["columns"]
        for key in snapshot.children(Identity("table", column[:-1]), "constraint")
    )


def given_to_key(key: Fact, target: Snapshot) -> Iterator[Fact]:
    """The columns above whose NOT NULL a primary key finds, and leaves as their own alone (18).

    It is its table's own as well where that forbade nulls first, or where the key takes over an
    index. A partition's is its parent's in any case.
    """
    for path in _inherited_of_key(key, target):
        if own(path, target) is None:
            for above in columns_above(path, target):
                if above.payload["not_null"] and not above.payload.get("not_null_no_inherit"):
                    yield above


def above_key(key: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The columns above a primary key, whose NOT NULL tells whose its table's is (18)."""
    for path in _inherited_of_key(key, snapshot):
        yield from columns_above(path, snapshot)


def keys_in_the_way(change: Change, context: Context) -> Iterator[Identity]:
    """The primary keys below without which NOT NULL changes hands: the parent's, or their own."""
    before, source = change.before, context.source
    if before is None or "not_null" not in change.differing:
        return
    for table in tables_below(before.identity.path[:-1], source):
        path = (*table, before.identity.name)
        then = (*context.table_now(table), change.identity.name)
        comes = bool(change.fact.payload["not_null"])
        if is_given_up(then, context) if comes else own(path, source) is None:
            for key in source.children(Identity("table", table), "constraint"):
                if path in _inherited_of_key(key, source):
                    yield key.identity


def _inherited_of_key(key: Fact, snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    table = key.identity.path[:-1]
    if key.payload["type"] != "primary key" or snapshot.server_version < NAMED:
        return
    if not _is_partition(table, snapshot):
        for column in key.payload["columns"]:
            if snapshot.get("column", *table, column) is None:
                yield (*table, column)


def _is_partition(table: tuple[str, ...], snapshot: Snapshot) -> bool:
    return bool(snapshot.children(Identity("table", table), "partition"))


def forbidden_below(column: Fact, context: Context) -> Iterator[Statement]:
    """Gives the tables right below what they are to have by themselves, before it is inherited."""
    *table, name = column.identity.path
    for child in context.below(table):
        wanted = own((*child, name), context.target)
        there = context.source.get("inherited column", *child, name)
        if wanted is not None and not (there and there.payload["not_null"]):
            below = Fact(Identity("column", (*child, name)), None, column.payload)
            reason = f"The target forbids nulls in {qualified(*child, name)} by itself."
            yield from own_of_inherited(below, None, wanted, reason)


def given_up_below(column: Fact, context: Context) -> Iterator[Statement]:
    """Takes from the tables below what they have by themselves, before it is their parent's (18).

    There it would stay their own too. Before that version nothing tells whose it is.
    """
    *table, name = column.identity.path
    for child in context.below(table):
        if is_given_up((*child, name), context):
            below = Fact(Identity("column", (*child, name)), None, column.payload)
            action = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
            reason = f"{qualified(*child, name)} has NOT NULL of its parent alone in the target."
            yield alter_table_of(below, action, reason)


def is_given_up(column: tuple[str, ...], context: Context) -> bool:
    """Whether a child has NOT NULL by itself, and its parent's alone in the target.

    A partition's is its parent's as soon as that has one.
    """
    table = context.before_rename(Identity("table", column[:-1]))
    there = context.source.get("inherited column", *table.path, context.column_before(column))
    return (
        context.source.server_version >= NAMED
        and bool(there and there.payload["not_null"])
        and own(column, context.target) is None
        and context.target.get("column", *column) is None
        and not _is_partition(column[:-1], context.target)
    )


def own_of_inherited(
    column: Fact, was: str | None, wanted: str | None, reason: str
) -> Iterator[Statement]:
    """What a table has by itself on a column that it inherits.

    Args:
        column: the inherited column.
        was: what NOT NULL is called there; None where nulls are allowed.
        wanted: the same of the target.
        reason: why.
    """
    if was is None and wanted is not None:
        if wanted == usual(column):
            yield set_not_null(column, reason, scans=True)
        else:
            action = f"ADD CONSTRAINT {identifier(wanted)} NOT NULL "
            action += identifier(column.identity.name)
            yield alter_table_of(column, action, reason, scans=True)
    elif was is not None and wanted is None:
        action = f"ALTER COLUMN {identifier(column.identity.name)} DROP NOT NULL"
        yield alter_table_of(column, action, reason)
    elif was is not None and wanted is not None and was != wanted:
        yield rename_not_null(column.identity.path[:-1], was, wanted, reason)
