"""What a change of a column's type means: how values get across, and at what cost.

Sources: PostgreSQL manual, ALTER TABLE (Notes: which changes rewrite the table), CREATE CAST and
10.4 (which casts an assignment does by itself).
"""

from dataclasses import dataclass

from gnkmigrate.kinds.casts import Casts
from gnkmigrate.kinds.conversion_losses import fits_none, loss
from gnkmigrate.kinds.types import (
    CLOCKED,
    NUMBERS,
    STAMPS,
    STRINGS,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    Type,
    asks_zone,
    is_narrower,
    is_rounded,
)
from gnkmigrate.postgres.quoting import literal


@dataclass(frozen=True)
class Conversion:
    """How a column gets from one type to another.

    Attributes:
        using: the expression after USING; "" where PostgreSQL's assignment cast does it.
        rewrites: whether the table is written anew.
        loses: what values may lose, such as "the time of day of"; "" for nothing. A value that
            does not fit at all stops the statement and is not lost.
        zone: the session's TimeZone, where it is right in that one alone; "" for any.
        fits_none: whether any value stops the statement.
    """

    using: str
    rewrites: bool
    loses: str = ""
    zone: str = ""
    fits_none: bool = False


def convert(
    old: str, new: str, column: str, timezone: str, *, online: bool, casts: Casts
) -> Conversion:
    """The way from type `old` to type `new`.

    Args:
        old: the type as the catalog prints it.
        new: likewise.
        column: the column's name, quoted.
        timezone: the zone in which timestamps without one were written.
        online: whether to avoid a rewrite where the session's TimeZone can be set instead.
        casts: the casts that there are.
    """
    before, after = Type.parse(old), Type.parse(new)
    names = (before.name, after.name)
    clocks = names in {(TIMESTAMP, TIMESTAMPTZ), (TIMESTAMPTZ, TIMESTAMP)}
    if clocks and not before.array and not after.array:
        if online and timezone.upper() == "UTC" and not is_rounded(after):
            # With TimeZone UTC both types hold the same bytes (ALTER TABLE, since release 12), but
            # what comes out of the cast is rounded again, however many digits there were.
            return Conversion("", rewrites=False, zone="UTC")
        using = f"{column} AT TIME ZONE {literal(timezone)}"
        return Conversion(using, rewrites=True, loses=loss(before, after, casts, timezone))
    special = "" if before.array or after.array else _special(before, after, new, column, timezone)
    return Conversion(
        special or _using(before, after, new, column, casts),
        rewrites=not _is_same_storage(before, after, casts),
        loses=loss(before, after, casts, timezone),
        zone=timezone if not special and asks_zone(before, after) else "",
        fits_none=not special and fits_none(before, after, casts),
    )


def _using(before: Type, after: Type, new: str, column: str, casts: Casts) -> str:
    if _is_assignable(before, after, casts):
        return ""
    is_cast = before.array == after.array and (before.name, after.name) in casts
    if is_cast or (before.name in STRINGS and not before.array):
        return f"{column}::{new}"
    return f"{column}::text{'[]' if before.array and after.array else ''}::{new}"


def _special(before: Type, after: Type, new: str, column: str, timezone: str) -> str:
    """Where the plain cast asks the session for its TimeZone, or goes by way of integer."""
    zone = literal(timezone)
    if before.name == "date" and after.name == TIMESTAMPTZ:
        return f"{column}::timestamp AT TIME ZONE {zone}"
    if before.name == TIMESTAMPTZ and after.name in {"date", "time without time zone"}:
        return f"({column} AT TIME ZONE {zone})::{new}"
    if before.name == "boolean" and after.name in NUMBERS:
        return f"{column}::integer"
    if before.name in NUMBERS and after.name == "boolean":
        return f"{column}::integer::boolean"
    return ""


def _is_assignable(before: Type, after: Type, casts: Casts) -> bool:
    # A string that is too long stops an assignment; an explicit cast would cut it silently.
    if after.name in STRINGS and not after.array:
        return True
    if before.array != after.array:
        return False
    cast = casts.get((before.name, after.name))
    return (
        before.name == after.name
        or after.name in STRINGS
        or {before.name, after.name} <= NUMBERS
        or (cast is not None and cast.is_assigned)
    )


def _is_same_storage(before: Type, after: Type, casts: Casts) -> bool:
    # Of an array each element is looked at, and the table written for it.
    if before.array != after.array:
        return False
    if before.name == after.name:
        if after.fields:
            return before == after
        if not after.modifiers or before == after:
            return True
        if before.name in STAMPS | TIMES and not is_rounded(after):
            return not before.array
        return (
            before.name in {"character varying", "bit varying", "numeric", *CLOCKED}
            and not before.array
            and bool(before.modifiers)
            and not is_narrower(before, after)
        )
    cast = casts.get((before.name, after.name))
    return not before.array and not after.modifiers and cast is not None and cast.is_binary
