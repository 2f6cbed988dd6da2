"""Names of types, as format_type() prints them, taken apart; and which families they are of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_MODIFIED = re.compile(r"(?P<head>[^(\[\"]+?)(\((?P<modifiers>[^)]*)\))?(?P<tail>[^(\[\"]*)")

TIMESTAMP = "timestamp without time zone"
TIMESTAMPTZ = "timestamp with time zone"

# What types are called for short, and as format_type() prints them (manual, table 8.1).
ALIASES: Mapping[str, str] = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "char": "character",
    "varchar": "character varying",
    "varbit": "bit varying",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": TIMESTAMP,
    "timestamptz": TIMESTAMPTZ,
}

# Digits of a second that PostgreSQL keeps unless told otherwise (manual, 8.5).
_SECOND_DIGITS = 6

# "char" is none: nothing becomes one by assignment (pg_cast; manual, 8.3).
STRINGS = frozenset({"text", "character varying", "character", "name"})
INTEGERS = frozenset({"smallint", "integer", "bigint"})
INEXACT = frozenset({"real", "double precision"})
NUMBERS = INTEGERS | INEXACT | {"numeric"}
STAMPS = frozenset({TIMESTAMP, TIMESTAMPTZ})
TIMES = frozenset({"time without time zone", "time with time zone"})
CLOCKED = STAMPS | TIMES | {"interval"}
ZONED = frozenset({TIMESTAMPTZ, "time with time zone"})


@dataclass(frozen=True)
class Type:
    """A type's name taken apart.

    Attributes:
        name: without modifiers, such as "character varying" or "public.role".
        modifiers: such as (255,) or (20, 8); empty for none, or where they are not numbers.
        array: whether it is an array of that type.
        fields: of an interval, those that it is limited to: "day to second".
    """

    name: str
    modifiers: tuple[int, ...]
    array: bool
    fields: str = ""

    @classmethod
    def parse(cls, text: str) -> "Type":
        element = text.removesuffix("[]")
        match = _MODIFIED.fullmatch(element)
        if match is None:
            return cls(element, (), element != text)
        numbers = re.findall(r"-?\d+", match["modifiers"] or "")
        name, space, fields = (match["head"] + match["tail"]).partition(" ")
        if name != "interval":
            name, fields = name + space + fields, ""
        return cls(name, tuple(int(number) for number in numbers), element != text, fields)


def are_comparable(old: str, new: str) -> bool:
    """Whether what compares values of the one type compares values of the other too."""
    before, after = Type.parse(old), Type.parse(new)
    if before.array != after.array:
        return False
    families = ({"text", "character varying"}, INTEGERS)
    return before.name == after.name or any(
        before.name in family and after.name in family for family in families
    )


def is_rounded(clock: Type) -> bool:
    """Whether a type of moments or times keeps fewer digits of a second than PostgreSQL can."""
    return bool(clock.modifiers) and clock.modifiers[0] < _SECOND_DIGITS


def asks_zone(before: Type, after: Type) -> bool:
    """Whether values get their new type by the session's TimeZone."""
    clocks = STAMPS | TIMES | {"date"}
    return {before.name, after.name} <= clocks and (before.name in ZONED) != (after.name in ZONED)


def is_narrower(before: Type, after: Type) -> bool:
    """Whether `after` has less room by its modifiers: length, precision and scale."""
    if not after.modifiers:
        return False
    if not before.modifiers:
        return before.name not in CLOCKED or after.modifiers[0] < _SECOND_DIGITS
    if before.name == "numeric":
        # Another scale changes the stored digits, whichever way (ALTER TABLE, Notes).
        return before.modifiers[1:] != after.modifiers[1:] or before.modifiers > after.modifiers
    return before.modifiers > after.modifiers
