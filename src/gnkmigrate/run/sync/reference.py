"""A text that names a row of another table becomes that row's key: op.reference."""

from gnkmigrate.run.names import column as quoted_column
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.sync.conversion import Conversion, unless_policy
from gnkmigrate.run.sync.lookup import Lookup

# How a key of these types is written, so that a text that is none is never cast to one.
_SPELLED = {
    "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "smallint": "^-?[0-9]{1,4}$",
    "integer": "^-?[0-9]{1,9}$",
    "bigint": "^-?[0-9]{1,18}$",
}


def reference(
    column: str,
    table: str,
    by: str,
    *,
    type: str,  # noqa: A002 - as Conversion calls it
    key: str = "id",
    fold: bool = False,
    by_key: bool = False,
    rename: str = "",
    not_null: bool = False,
    unless: tuple[str, str] | None = None,
) -> Conversion:
    """A text becomes the key of the row of another table that it names.

    A text that names nobody, or several alike, is refused, unless a policy has it become NULL.

    Args:
        column: its name before.
        table: "schema.table" of the rows that are named.
        by: the column of that table that the text says.
        type: the type of that table's key, as SQL.
        key: that table's key.
        fold: whether a text that is nobody's names the one whose differs in case alone.
        by_key: whether a text that is still nobody's may be a key of that table itself.
        rename: its name afterwards; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        unless: a policy of the settings and its value, such as ("unmapped", "archive"), with which
            a text that names nobody becomes NULL; the old column keeps it until contract.
    """
    said, of, to = quoted_column(by), quoted_column(key), quoted(table)
    exactly = f"named.{said} = :column"
    folded = f"lower(named.{said}::text) = lower(:column::text)"
    widest = folded if fold else exactly
    ways = [_the_one(to, of, type, each) for each in dict.fromkeys((exactly, widest))]
    if by_key:
        ways.append(_of_key(to, of, type, unless_any=widest))
    named = f"coalesce({', '.join(ways)})"
    return Conversion(
        column,
        type,
        using=named,
        back=f"(SELECT named.{said} FROM {to} AS named WHERE named.{of} = :column)",
        not_null=not_null,
        rename=rename,
        keep=True,
        fits=unless_policy(f"({named}) IS NOT NULL", unless),
        names=f"(SELECT count(*) FROM {to} AS named WHERE {widest})",
        reads_settings=type not in _SPELLED,
        tells=(table, (key, by)),
        lookup=Lookup(to, of, said) if fold else None,
    )


def _the_one(table: str, key: str, type_: str, condition: str) -> str:
    """The key of the only row; there is no min() of every type."""
    return (
        f"(SELECT CASE count(*) WHEN 1 THEN min(named.{key}::text)::{type_} END"
        f" FROM {table} AS named WHERE {condition})"
    )


def _of_key(table: str, key: str, type_: str, *, unless_any: str) -> str:
    """The key that the text itself is, where it names no row otherwise."""
    if type_ in _SPELLED:
        # Compared as what it is, for which there is an index.
        spelled = f":column::text ~* {literal(_SPELLED[type_])}"
        same = f"named.{key} = CASE WHEN {spelled} THEN :column::text::{type_} END"
    else:
        same = f"named.{key}::text = :column::text"
    return (
        f"(SELECT named.{key} FROM {table} AS named WHERE {same}"
        f" AND NOT EXISTS (SELECT FROM {table} AS named WHERE {unless_any}))"
    )
