"""Which row somebody means, in a table and in its old shape, whose key may be another."""

from dataclasses import dataclass

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import own_names
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.work import Work

_PRIMARY_KEY = """
SELECT attname::text
FROM pg_index CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS part (number, place)
JOIN pg_attribute ON (attrelid, attnum) = (indrelid, number)
WHERE indrelid = to_regclass(%s) AND indisprimary ORDER BY place
"""
_TYPES = """
SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""


@dataclass(frozen=True)
class Row:
    """A row that is to be forgotten.

    Attributes:
        table: "schema.table".
        key: the values of its key, as text.
        by: the columns of the key; none for the table's primary key.
    """

    table: str
    key: tuple[str, ...]
    by: tuple[str, ...] = ()


def key_of(work: Work, row: Row, table: str) -> dict[str, str]:
    """The type of each column of the key in a table, in the key's order; "" where it has none.

    Raises:
        PhaseRefused: the key has another number of columns.
    """
    on = quoted(table)
    types: dict[str, str] = dict(work.connection.execute(_TYPES, (on,)).fetchall())
    names = row.by or _primary_key(work, table)
    if len(names) != len(row.key):
        has = f"has the key ({', '.join(names)})" if names else "is not there, or has no key"
        raise PhaseRefused(
            f"{table} {has}, and there are {len(row.key)} values of a key.",
            hint="Give a value for each of its columns, or name the columns with --by.",
        )
    return {name: types.get(name, "") for name in names}


def require_one_key(work: Work, row: Row) -> None:
    """Refuses values of which nobody knows whether they are the new shape's key or the old one's.

    Raises:
        PhaseRefused: both shapes are there, and have keys of their own.
    """
    archived = own_names.archived(row.table)
    keys = {table: _primary_key(work, table) for table in (row.table, archived)}
    if row.by or not all(keys.values()) or keys[row.table] == keys[archived]:
        return
    new, old = (", ".join(key) for key in keys.values())
    raise PhaseRefused(
        f"{row.table} has the key ({new}), and its old shape {archived} has the key ({old}).",
        hint="Name with --by the columns whose values you give, and forget the row by each of"
        " the two keys.",
    )


def is_meant(row: Row, key: dict[str, str]) -> str:
    """The condition on a row of a table that has these columns.

    Raises:
        PhaseRefused: it has not all of them.
    """
    missing = [name for name, type_ in key.items() if not type_]
    if missing:
        raise PhaseRefused(
            f"{row.table} has no column {', '.join(missing)}.",
            hint="Name the columns of its key with --by, as they are called now.",
        )
    return " AND ".join(
        f"{column(name)} = {literal(value)}::{key[name]}"
        for name, value in zip(key, row.key, strict=True)
    )


def lacking(work: Work, row: Row, table: str) -> str:
    """Why a row cannot be told by these columns in one of its shapes; "" where it can."""
    missing = [name for name, type_ in key_of(work, row, table).items() if not type_]
    if not missing:
        return ""
    key = ", ".join(_primary_key(work, table)) or "none"
    return f"it has no column {', '.join(missing)}: forget its row by its own key ({key}) as well"


def exists(work: Work, table: str) -> bool:
    """Whether a table is there."""
    return bool(work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NOT NULL"))


def is_there(work: Work, table: str, meant: str) -> bool:
    """Whether a row of the table is meant."""
    return bool(work.value(f"SELECT EXISTS (SELECT FROM {quoted(table)} WHERE {meant})"))


def _primary_key(work: Work, table: str) -> tuple[str, ...]:
    found = work.connection.execute(_PRIMARY_KEY, (quoted(table),)).fetchall()
    return tuple(str(name) for (name,) in found)
