"""Tables whose second row stops a unique key: its columns are new, and the same in all rows."""

import re
from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.column.domains import has_default
from gnkmigrate.kinds.columns_between import is_apart
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import is_fixed
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.statement import Rows
from gnkmigrate.postgres.quoting import qualified

SAID = " Its columns are new and hold the same in all rows, so a second row stops this."
_NULL = re.compile(r"NULL\b")


def stops_at(
    table: Identity, columns: Sequence[str], context: Context, *, nulls_are_equal: bool = False
) -> Iterator[Rows]:
    """The rows of a table that is there, where a key of these columns takes one at most.

    Args:
        table: as the target calls it.
        columns: of the key.
        context: both sides.
        nulls_are_equal: whether the key takes no second null either.
    """
    before = context.before_rename(table)
    found = context.source.facts.get(before)
    if found is None or context.is_new(table) or found.payload.get("partitioned_by"):
        return
    if columns and all(_is_alike(table, each, context, nulls_are_equal) for each in columns):
        yield qualified(*before.path), (), 2


def _is_alike(table: Identity, name: str, context: Context, nulls_are_equal: bool) -> bool:
    """Whether a column is new, and has one value in all rows that are there."""
    column = _added(table, name, context)
    if column is None or column.payload["generated"] or has_default(column, context):
        return False
    parts = {each.kind: each for each in context.target.children(column.identity)}
    if "identity" in parts:
        return False
    default = parts.get("default")
    if default is None:
        return nulls_are_equal
    expression = str(default.payload["expression"])
    return is_fixed(expression) and (nulls_are_equal or not _NULL.match(expression))


def _added(table: Identity, name: str, context: Context) -> Fact | None:
    """The column that the plan adds, to the table or to one above it."""
    path = (*table.path, name)
    own = context.target.get("column", *path)
    above = (each for each in columns_above(path, context.target) if each.kind == "column")
    column = own or next(above, None)
    if column is None or not context.is_new(column.identity):
        return None
    if own is None and (is_apart(table, context) or not _is_there(column, context)):
        return None  # it gets the column before it is joined
    return column


def _is_there(column: Fact, context: Context) -> bool:
    table = column.parent
    return table is not None and context.stays(table) and not context.is_new(table)
