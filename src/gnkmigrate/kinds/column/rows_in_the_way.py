"""Rows that a column stops at: it is new and forbids nulls, or has a type that fits no value."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.column.domains import forbids_nulls, has_default
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.statement import Rows
from gnkmigrate.postgres.quoting import qualified


def lacks_values(column: Fact, context: Context) -> bool:
    """Whether a new column that is not computed, and has no default itself, stops at rows."""
    payload = column.payload
    forbidden = payload["not_null"] and not payload.get("not_null_unvalidated")
    return bool(forbidden or forbids_nulls(column, context)) and not has_default(column, context)


def stops_at(column: Fact, context: Context) -> Iterator[Rows]:
    """The rows that it has no value for when it is added.

    Those are its own table's and those of tables that remain below that, unless they have the
    column already.
    """
    if column.parent is None or context.is_new(column.parent):
        return
    kinds, name = ("column", "inherited column"), column.identity.name
    for path in _with_rows(context.before_rename(column.parent), context):
        if not any(context.source.get(kind, *path, name) for kind in kinds):
            yield qualified(*path), ()


def has_values(column: Fact, context: Context) -> Iterator[Rows]:
    """The rows that have a value in a column of the source, in its table or below."""
    if column.parent is not None:
        for path in _with_rows(column.parent, context):
            yield qualified(*path), (column.identity.name,)


def _with_rows(table: Identity, context: Context) -> Iterator[tuple[str, ...]]:
    """A table of the source that may hold rows, and those that remain below it."""
    below = frozenset(context.below(context.names.of(table).path))
    there = tables_below(table.path, context.source)
    for path in (table.path, *(each for each in there if context.table_now(each) in below)):
        found = context.source.facts.get(Identity("table", path))
        if found is not None and not found.payload["partitioned_by"]:
            yield path
