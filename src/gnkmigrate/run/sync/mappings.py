"""What becomes of a column, said once: the usual conversions, both ways, for op.convert_columns.

Each gives a Conversion; where none of them fits, write one with expressions of your own.
"""

from collections.abc import Sequence

from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.sync.conversion import Conversion, unless_policy

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
        fits=unless_policy(f"char_length(:column) <= {length}", unless),
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


def _is_one_of(value: str, labels: Sequence[str]) -> str:
    return f"{value} IN ({', '.join(map(literal, labels))})"
