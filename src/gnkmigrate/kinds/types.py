"""What a change of a column's type means: how values get across, and at what cost.

Only names of types are known here, as format_type() prints them. Sources: PostgreSQL manual,
ALTER TABLE (Notes: which changes rewrite the table), CREATE CAST and 10.4 (which casts an
assignment does by itself), pg_cast.
"""

import itertools
import math
import re
from dataclasses import dataclass

from gnkmigrate.postgres.quoting import literal

_MODIFIED = re.compile(r"(?P<head>[^(\[\"]+?)(\((?P<modifiers>[^)]*)\))?(?P<tail>[^(\[\"]*)")

TIMESTAMP = "timestamp without time zone"
TIMESTAMPTZ = "timestamp with time zone"

# Digits of a second that PostgreSQL keeps unless told otherwise (manual, 8.5).
_SECOND_DIGITS = 6

_STRINGS = frozenset({"text", "character varying", "character", "name", '"char"'})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_INEXACT = frozenset({"real", "double precision"})
_NUMBERS = _INTEGERS | _INEXACT | {"numeric"}
_STAMPS = frozenset({TIMESTAMP, TIMESTAMPTZ})
_TIMES = frozenset({"time without time zone", "time with time zone"})
_CLOCKED = _STAMPS | _TIMES

# Casts that PostgreSQL does when a value is assigned (pg_cast.castcontext is a or i), apart from
# those within a family and those to strings, which always work so.
_ASSIGNABLE = frozenset(
    {
        ("date", TIMESTAMP),
        ("date", TIMESTAMPTZ),
        (TIMESTAMP, "date"),
        (TIMESTAMP, "time without time zone"),
        (TIMESTAMP, TIMESTAMPTZ),
        (TIMESTAMPTZ, "date"),
        (TIMESTAMPTZ, "time without time zone"),
        (TIMESTAMPTZ, "time with time zone"),
        (TIMESTAMPTZ, TIMESTAMP),
        ("time without time zone", "interval"),
        ("time without time zone", "time with time zone"),
        ("time with time zone", "time without time zone"),
        ("interval", "time without time zone"),
        ("cidr", "inet"),
        ("inet", "cidr"),
        ("bit", "bit varying"),
        ("bit varying", "bit"),
        ("json", "jsonb"),
        ("jsonb", "json"),
        ("integer", "money"),
        ("bigint", "money"),
        ("numeric", "money"),
        ("money", "numeric"),
    }
)

# What these casts drop without a word, whatever the modifiers.
_LOSSES = {
    ("json", "jsonb"): "spaces, order and repeated keys in",
    ("double precision", "real"): "the last digits of",
    **dict.fromkeys(itertools.product({"numeric"}, _INEXACT), "the exact digits of"),
    **dict.fromkeys(itertools.product(_INEXACT, _INTEGERS), "the fractions of"),
    **dict.fromkeys(itertools.product(_STAMPS, {"date"}), "the time of day of"),
    **dict.fromkeys(itertools.product(_STAMPS, _TIMES), "the date of"),
}


@dataclass(frozen=True)
class Type:
    """A type's name taken apart.

    Attributes:
        name: without modifiers, such as "character varying" or "public.role".
        modifiers: such as (255,) or (20, 8); empty for none, or where they are not numbers.
        array: whether it is an array of that type.
    """

    name: str
    modifiers: tuple[int, ...]
    array: bool

    @classmethod
    def parse(cls, text: str) -> "Type":
        element = text.removesuffix("[]")
        match = _MODIFIED.fullmatch(element)
        if match is None:
            return cls(element, (), element != text)
        numbers = re.findall(r"-?\d+", match["modifiers"] or "")
        name = match["head"] + match["tail"]
        return cls(name, tuple(int(number) for number in numbers), element != text)


@dataclass(frozen=True)
class Conversion:
    """How a column gets from one type to another.

    Attributes:
        using: the expression after USING; "" where PostgreSQL's assignment cast does it.
        rewrites: whether the table is written anew.
        loses: what values may lose, such as "the time of day of"; "" for nothing. A value that
            does not fit at all stops the statement and is not lost.
        needs_utc: whether it is right only while the session's TimeZone is UTC.
    """

    using: str
    rewrites: bool
    loses: str = ""
    needs_utc: bool = False


def convert(old: str, new: str, column: str, timezone: str, *, online: bool) -> Conversion:
    """The way from type `old` to type `new`.

    Args:
        old: the type as the catalog prints it.
        new: likewise.
        column: the column's name, quoted.
        timezone: the zone in which timestamps without one were written.
        online: whether to avoid a rewrite where the session's TimeZone can be set instead.
    """
    before, after = Type.parse(old), Type.parse(new)
    names = (before.name, after.name)
    clocks = names in {(TIMESTAMP, TIMESTAMPTZ), (TIMESTAMPTZ, TIMESTAMP)}
    if clocks and not before.array and not after.array:
        coarser = _is_narrower(before, after)
        if online and timezone.upper() == "UTC" and not coarser:
            # With TimeZone UTC both types hold the same bytes (ALTER TABLE, since release 12).
            return Conversion("", rewrites=False, needs_utc=True)
        using = f"{column} AT TIME ZONE {literal(timezone)}"
        return Conversion(using, rewrites=True, loses=_loss(before, after))
    return Conversion(
        _using(before, after, new, column, timezone),
        rewrites=not _is_same_storage(before, after),
        loses=_loss(before, after),
    )


def are_comparable(old: str, new: str) -> bool:
    """Whether what compares values of the one type compares values of the other too."""
    before, after = Type.parse(old), Type.parse(new)
    if before.array != after.array:
        return False
    families = ({"text", "character varying"}, _INTEGERS)
    return before.name == after.name or any(
        before.name in family and after.name in family for family in families
    )


def _using(before: Type, after: Type, new: str, column: str, timezone: str) -> str:
    special = "" if before.array or after.array else _special(before, after, new, column, timezone)
    if special or _is_assignable(before, after):
        return special
    if before.name in _STRINGS and not before.array:
        return f"{column}::{new}"
    return f"{column}::text{'[]' if before.array and after.array else ''}::{new}"


def _special(before: Type, after: Type, new: str, column: str, timezone: str) -> str:
    """Where the plain cast asks the session for its TimeZone, or goes by way of integer."""
    zone = literal(timezone)
    if before.name == "date" and after.name == TIMESTAMPTZ:
        return f"{column}::timestamp AT TIME ZONE {zone}"
    if before.name == TIMESTAMPTZ and after.name in {"date", "time without time zone"}:
        return f"({column} AT TIME ZONE {zone})::{new}"
    if before.name == "boolean" and after.name in _NUMBERS:
        return f"{column}::integer"
    if before.name in _NUMBERS and after.name == "boolean":
        return f"{column}::integer::boolean"
    return ""


def _is_assignable(before: Type, after: Type) -> bool:
    # A string that is too long stops an assignment; an explicit cast would cut it silently.
    if after.name in _STRINGS and not after.array:
        return True
    if before.array != after.array:
        return False
    return (
        before.name == after.name
        or after.name in _STRINGS
        or {before.name, after.name} <= _NUMBERS
        or (before.name, after.name) in _ASSIGNABLE
    )


def _is_same_storage(before: Type, after: Type) -> bool:
    if before.array != after.array:
        return False
    pair = (before.name, after.name)
    if before.name == after.name:
        return not after.modifiers or (
            before.name in {"character varying", "bit varying", "numeric", "interval", *_CLOCKED}
            and bool(before.modifiers)
            and not _is_narrower(before, after)
        )
    if pair in {("character varying", "text"), ("cidr", "inet")}:
        return True
    return pair == ("text", "character varying") and not after.modifiers


def _is_narrower(before: Type, after: Type) -> bool:
    """Whether `after` has less room by its modifiers: length, precision and scale."""
    if not after.modifiers:
        return False
    if not before.modifiers:
        return before.name not in _CLOCKED or after.modifiers[0] < _SECOND_DIGITS
    if before.name == "numeric":
        # Another scale changes the stored digits, whichever way (ALTER TABLE, Notes).
        return before.modifiers[1:] != after.modifiers[1:] or before.modifiers > after.modifiers
    return before.modifiers > after.modifiers


def _loss(before: Type, after: Type) -> str:
    if before.name == "numeric" and after.name in {"numeric", *_INTEGERS}:
        return "the last digits of" if _scale(before) > _scale(after) else ""
    if before.name in _CLOCKED and after.name in _CLOCKED and _is_narrower(before, after):
        return "the finest fractions of a second of"
    return _LOSSES.get((before.name, after.name), "")


def _scale(number: Type) -> float:
    """Digits after the point (manual, 8.1.2): as many as there are unless the type says."""
    if number.name in _INTEGERS:
        return 0
    if not number.modifiers:
        return math.inf
    return number.modifiers[1] if len(number.modifiers) > 1 else 0
