"""Rows that a new foreign key stops at: what they refer to is new, and holds nothing yet."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.column.domains import has_default
from gnkmigrate.kinds.constraint.definition import table_of
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.kinds.statement import Rows
from gnkmigrate.postgres.quoting import qualified


def stops_at(key: Fact, context: Context) -> Iterator[Rows]:
    """The rows that have a value in each column of the key, in its table or a partition of it."""
    if not key.payload["validated"] or not _refers_to_nothing(key, context):
        return
    table = table_of(key).path
    columns = [(*table, name) for name in key.payload["columns"]]
    if any(_comes_empty(each, context) for each in columns):
        return  # a key with a null in it refers to nothing
    there = [name for *_, name in columns if not _is_new((*table, name), context)]
    for path in (table, *_partitions(table, context)):
        before = context.before_rename(Identity("table", path))
        found = context.source.facts.get(before)
        if found is None or context.is_new(Identity("table", path)) or _is_partitioned(found):
            continue
        names = (_name_before((*path, name), context) for name in there)
        yield qualified(*before.path), tuple(names)


def _refers_to_nothing(key: Fact, context: Context) -> bool:
    there = referenced(key)
    if there is None:
        return False
    if context.is_new(Identity("table", there)):
        return not any(_partitions(there, context))
    columns = key.payload["references"]["columns"]
    return any(_comes_empty((*there, name), context) for name in columns)


def _partitions(table: tuple[str, ...], context: Context) -> Iterator[tuple[str, ...]]:
    """The partitions below a table that are there already."""
    if _is_partitioned(context.find(Identity("table", table))):
        yield from context.below(table)


def _is_partitioned(table: Fact | None) -> bool:
    return table is not None and bool(table.payload["partitioned_by"])


def _is_new(column: Sequence[str], context: Context) -> bool:
    return context.is_new(Identity("column", tuple(column)))


def _comes_empty(column: Sequence[str], context: Context) -> bool:
    """Whether a column is new and has no value in any row."""
    fact = context.target.get("column", *column)
    if fact is None or not _is_new(column, context):
        return False
    filled = fact.payload["generated"] or has_default(fact, context)
    parts = (context.target.children(fact.identity, each) for each in ("default", "identity"))
    return not filled and not any(map(any, parts))


def _name_before(column: tuple[str, ...], context: Context) -> str:
    own = context.before_rename(Identity("column", column))
    return own.name if own in context.source else context.column_before(column)
