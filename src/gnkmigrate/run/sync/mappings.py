"""What becomes of a column, said once: the usual conversions, both ways, for op.convert_columns.

Each gives a Conversion; where none of them fits, write one with expressions of your own.
"""

from collections.abc import Sequence

from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.names import column as quoted_column
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.lookup import Lookup

# How a key of these types is written, so that a text that is none is never cast to one.
_SPELLED = {
    "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "smallint": "^-?[0-9]{1,4}$",
    "integer": "^-?[0-9]{1,9}$",
    "bigint": "^-?[0-9]{1,18}$",
}

# At the very ends of time another zone is out of range.
_NEAR = (
    "NOT isfinite(:column) OR :column BETWEEN '4714-11-26 00:00:00 BC' AND '294276-12-30 00:00:00'"
)


def renamed(
    column: str,
    rename: str = "",
    *,
    default: str | None = None,
    not_null: bool = False,
    fallback: str | None = None,
) -> Conversion:
    """The values stay: another name, or another default or nullability, of which all are stated.

    Args:
        column: its name before.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        fallback: SQL for what a NULL gets with --spill that the old column cannot hold; None where
            its row goes to the overflow.
    """
    return Conversion(column, rename=rename, default=default, not_null=not_null, fallback=fallback)


def cast(
    column: str,
    type: str,  # noqa: A002 - as Conversion calls it
    *,
    rename: str = "",
    default: str | None = None,
    not_null: bool = False,
    exact: bool = True,
) -> Conversion:
    """PostgreSQL casts each value to the new type, and back.

    Args:
        column: its name before.
        type: its type afterwards, as SQL.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        exact: whether a value is refused that would not come back as it was, such as a fraction
            that is rounded; else the old column alone has it, until contract.
    """
    return Conversion(column, type, rename=rename, default=default, not_null=not_null, exact=exact)


def shortened(
    column: str,
    length: int,
    *,
    rename: str = "",
    default: str | None = None,
    not_null: bool = False,
    unless: tuple[str, str] | None = None,
) -> Conversion:
    """A text gets a length: a longer value is refused, unless a policy has it cut.

    Args:
        column: its name before.
        length: characters.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        unless: a policy of the settings and its value, such as ("overflow", "truncate"), with which
            longer values are cut; the old column keeps them whole until contract.
    """
    return Conversion(
        column,
        f"varchar({length})",
        using=f"left(:column, {length})",
        default=default,
        not_null=not_null,
        rename=rename,
        fits=_unless(f"char_length(:column) <= {length}", unless),
        reads_settings=False,
    )


def zoned(
    column: str,
    rename: str = "",
    *,
    default: str | None = None,
    not_null: bool = False,
    fallback: str | None = None,
) -> Conversion:
    """A timestamp without time zone becomes one with, read in `source_timezone` of the settings.

    Args:
        column: its name before.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        fallback: SQL for what a time gets with --spill that the old column cannot hold; None
            where its row goes to the overflow.
    """
    return Conversion(
        column,
        "timestamptz",
        using=":column AT TIME ZONE :'source_timezone'",
        back=":column AT TIME ZONE :'source_timezone'",
        default=default,
        not_null=not_null,
        rename=rename,
        expects="timestamp without time zone",
        fits=_NEAR,
        holds=_NEAR,
        fallback=fallback,
        reads_settings=False,
    )


def enum_text(
    column: str,
    type: str,  # noqa: A002 - as Conversion calls it
    enum: str,
    labels: Sequence[str],
    *,
    rename: str = "",
    default: str | None = None,
    not_null: bool = False,
    fallback: str | None = None,
) -> Conversion:
    """An enum becomes a text.

    Args:
        column: its name before.
        type: its type afterwards, such as "varchar(20)".
        enum: the enum, "schema.type".
        labels: its labels; another value has no place in the old column.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        fallback: SQL for what another value gets with --spill; None where its row goes to the
            overflow.
    """
    return Conversion(
        column,
        type,
        using=":column::text",
        back=f":column::text::{quoted(enum)}",
        expects=qualified(*split(enum)),
        default=default,
        not_null=not_null,
        rename=rename,
        # A cast cuts what is too long.
        fits=_is_one_of(f":column::text::{type}::text", labels),
        holds=_is_one_of(":column::text", labels),
        fallback=fallback,
        reads_settings=False,
    )


def text_enum(
    column: str,
    enum: str,
    labels: Sequence[str],
    *,
    rename: str = "",
    default: str | None = None,
    not_null: bool = False,
) -> Conversion:
    """A text becomes an enum; rows with another value are refused.

    Args:
        column: its name before.
        enum: the enum, "schema.type".
        labels: its labels.
        rename: its name afterwards; "" where it stays.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
    """
    return Conversion(
        column,
        quoted(enum),
        using=":column::text",
        back=":column::text",
        default=default,
        not_null=not_null,
        rename=rename,
        fits=_is_one_of(":column::text", labels),
    )


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
        fits=_unless(f"({named}) IS NOT NULL", unless),
        names=f"(SELECT count(*) FROM {to} AS named WHERE {widest})",
        reads_settings=type not in _SPELLED,
        tells=(table, (key, by)),
        lookup=Lookup(to, of, said) if fold else None,
    )


def new(
    name: str,
    type: str,  # noqa: A002 - as Conversion calls it
    *,
    default: str | None = None,
    not_null: bool = False,
) -> Conversion:
    """A column of a new table that the old shape does not have.

    Args:
        name: its name.
        type: its type, as SQL.
        default: its default, as SQL, which rows of the old shape have; None for none.
        not_null: whether it is NOT NULL.
    """
    return Conversion("", type, default or "NULL", default=default, rename=name, not_null=not_null)


def constant(
    name: str,
    type: str,  # noqa: A002 - as Conversion calls it
    value: str,
    *,
    default: str | None = None,
    not_null: bool = False,
) -> Conversion:
    """The same, with one value for all rows of the old shape.

    Args:
        name: its name.
        type: its type, as SQL.
        value: what these rows have, as SQL.
        default: its default, as SQL; None for none.
        not_null: whether it is NOT NULL.
    """
    return Conversion("", type, value, default=default, rename=name, not_null=not_null)


def answer(
    name: str,
    type: str,  # noqa: A002 - as Conversion calls it
    policy: str,
    *,
    default: str | None = None,
    not_null: bool = False,
) -> Conversion:
    """The same, with the value that a policy of the settings says.

    Args:
        name: its name.
        type: its type, as SQL.
        policy: which of `[policies]`.
        default: its default, as SQL; None for none.
        not_null: whether it is NOT NULL.
    """
    return constant(name, type, f":'{policy}'", default=default, not_null=not_null)


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


def _is_one_of(value: str, labels: Sequence[str]) -> str:
    return f"{value} IN ({', '.join(map(literal, labels))})"


def _unless(condition: str, policy: tuple[str, str] | None) -> str:
    if policy is None:
        return condition
    name, value = policy
    return f":'{name}' = {literal(value)} OR {condition}"
