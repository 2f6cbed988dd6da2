"""What an index says: as it is read from the catalog, and as CREATE INDEX takes it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gnkmigrate.facts.catalog import Names, Row
from gnkmigrate.kinds.options import listed
from gnkmigrate.postgres.quoting import identifier, listing

# Bit 1 is DESC, bit 2 is NULLS FIRST (src/include/catalog/pg_index.h).
_ORDERS = ("", " DESC NULLS LAST", " NULLS FIRST", " DESC")
_SAID = (
    "method",
    "keys",
    "include",
    "nulls_not_distinct",
    "options",
    "tablespace",
    "predicate",
)


class _Read(NamedTuple):
    """What read.sql returns beyond the address."""

    unique: bool
    numbers: Sequence[int]
    key_count: int
    orders: Sequence[int]
    keys: Sequence[str] | None
    predicate: str | None
    method: str
    valid: bool
    nulls_not_distinct: bool
    options: Sequence[str] | None
    tablespace: str | None
    attached_to: Sequence[str] | None
    clustered: bool
    replica_identity: bool
    statistics: Sequence[str] | None


DESCRIBED = _Read._fields.index("predicate")  # from here on a fact has what was read


def resolved(values: Row, relation: int, names: Names) -> Row:
    """An index's values with names in the place of numbers; see `Kind.resolve`."""
    read = _Read._make(values)
    columns = names.columns.get(relation, {})
    plain = [columns.get(number, "") for number in read.numbers]
    count = read.key_count
    named = read.keys or [identifier(name) for name in plain[:count]]
    keys = [key + _ORDERS[order] for key, order in zip(named, read.orders, strict=True)]
    definition = _definition(
        read.method, keys, plain[count:], read.nulls_not_distinct, read.options,
        read.tablespace, read.predicate,
    )  # fmt: skip
    return (definition, read.unique, keys, plain[count:], *read[DESCRIBED:])


def defined(payload: Mapping[str, Any]) -> str:
    return _definition(*(payload[each] for each in _SAID))


def _definition(
    method: str,
    keys: Sequence[str],
    include: Sequence[str],
    nulls_not_distinct: bool,
    options: Sequence[str] | None,
    tablespace: str | None,
    predicate: str | None,
) -> str:
    """What follows the table's name in CREATE INDEX."""
    text = f"USING {identifier(method)} ({', '.join(keys)})"
    if include:
        text += f" INCLUDE ({listing(include)})"
    if nulls_not_distinct:
        text += " NULLS NOT DISTINCT"
    if options:
        text += f" WITH ({listed(options)})"
    if tablespace:
        text += f" TABLESPACE {identifier(tablespace)}"
    return f"{text} WHERE {predicate}" if predicate else text
