"""Rows that stop a table from becoming a partition: a column of the key is new to all of them.

They have NULL in it, or its default, and that may be what the bounds do not take.
"""

import re
from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.column.domains import has_default
from gnkmigrate.kinds.columns_between import gained, is_apart
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.partition.bounds import Value, takes
from gnkmigrate.kinds.statement import Rows
from gnkmigrate.postgres.quoting import names_in, qualified

# A part of the key that is a column, whatever follows it: a collation, an operator class.
_COLUMN = re.compile(r'("(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\s.*)?')
_PART = re.compile(r"""(?:[^,()"']|"(?:[^"]|"")*"|'(?:[^']|'')*'|\(.*\))+""", re.DOTALL)
_DEFAULT = re.compile(
    r"(?P<text>NULL|true|false|-?[0-9.]+|'(?:[^']|'')*')(?:::(?P<type>[\w ]+))?", re.DOTALL
)

SAID = " A column of the key is new, and what all rows have in it does not belong there."
_INTEGERS = frozenset({"smallint", "integer", "bigint"})

New = dict[str, Value | None]


def stops_at(partition: Fact, context: Context) -> Iterator[Rows]:
    """The rows of a table, and of those that remain below it, that its bounds do not take."""
    table, whole = partition.parent, context.target.get("table", *partition.payload["of"])
    if whole is None or table is None or not context.stays(table) or context.is_new(table):
        return
    key = _key(whole)
    new = _new(table, context)
    for leaf in _with_rows(table, context):
        # What does not leave its table gets the column with that.
        there = _new(leaf, context) if is_apart(leaf, context) else new
        values = [there.get(name) if name else None for name in key]
        if takes(partition.payload["bound"], values, _others(partition, context)) is False:
            yield qualified(*context.before_rename(leaf).path), ()


def _key(table: Fact) -> Sequence[str]:
    """The columns of a partition key; "" for an expression."""
    _, _, parts = str(table.payload["partitioned_by"] or "").partition(" (")
    found = (_COLUMN.fullmatch(each.strip()) for each in _PART.findall(parts[:-1]))
    return [names_in(each[1])[0] if each else "" for each in found]


def _new(table: Identity, context: Context) -> New:
    """What the rows of a table have in columns that it gets; None where that is not known."""
    return {
        column.identity.name: _value(column, defaults, context)
        for column, defaults in gained(table, context)
    }


def _value(column: Fact, defaults: Sequence[Fact], context: Context) -> Value | None:
    above = (column, *columns_above(column.identity.path, context.target))
    numbered = any(context.target.children(each.identity, "identity") for each in above)
    if column.payload["generated"] or numbered or has_default(column, context):
        return None
    type_ = _without_length(str(column.payload["type"]))
    if not defaults:
        return Value(None, type_)
    found = _DEFAULT.fullmatch(defaults[0].payload["expression"])
    if found is None or column.payload["collation"]:
        return None
    if found["text"] == "NULL":
        return Value(None, type_)
    # -1 is printed with the type that it has by itself.
    fits = found["type"] in {None, type_, *(_INTEGERS if type_ in {*_INTEGERS, "numeric"} else ())}
    return Value(found["text"], type_) if fits else None


def _without_length(printed: str) -> str:
    """A default that is too long is refused, not cut off; digits may be rounded."""
    return printed.partition("(")[0] if printed.startswith("character varying") else printed


def _with_rows(table: Identity, context: Context) -> Iterator[Identity]:
    for path in (table.path, *context.below(table.path)):
        leaf = Identity("table", path)
        found = context.target.facts.get(leaf)
        if found is not None and context.stays(leaf) and not found.payload["partitioned_by"]:
            yield leaf


def _others(partition: Fact, context: Context) -> Iterator[str]:
    for each in context.target.of_kind("partition"):
        if each.payload["of"] == partition.payload["of"] and each.identity != partition.identity:
            yield str(each.payload["bound"])
