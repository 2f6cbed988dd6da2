"""NOT NULL that tables below have by themselves, beside what they inherit."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, parents
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


def unlike(table: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
    """Where a child has NOT NULL by itself on one side alone, or by another name.

    PostgreSQL changes neither as long as the table has a parent.
    """
    after = target.facts.get(table.identity)
    if after is None or min(source.server_version, target.server_version) < NAMED:
        return
    old, new = (each.payload.get("own_not_null") or {} for each in (table, after))
    for column, _ in sorted({*old.items()} ^ {*new.items()}):
        above = columns_above((*table.identity.path, column), source)
        there = columns_above((*table.identity.path, column), target)
        if all(any(each.payload["not_null"] for each in some) for some in (above, there)):
            yield Identity("NOT NULL", (*table.identity.path, column))


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
