"""What values may lose, or have changed, on their way into another type.

A value that does not fit at all stops the statement and is not lost. What is not known to be kept
is said to be lost.
"""

import itertools
import math

from gnkmigrate.kinds.casts import Casts
from gnkmigrate.kinds.types import (
    CLOCKED,
    INEXACT,
    INTEGERS,
    NUMBERS,
    STAMPS,
    STRINGS,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    Type,
    is_narrower,
    is_rounded,
)

_LIMITED = frozenset({"character varying", "character"})
_TEXTS = frozenset({"text", *_LIMITED})

# What these casts drop without a word, whatever the modifiers.
_LOSSES = {
    ("json", "jsonb"): "spaces, order and repeated keys in",
    ("inet", "cidr"): "the host's part of",
    ("interval", "time without time zone"): "the days of",
    ("time with time zone", "time without time zone"): "the zone of",
    ("double precision", "real"): "the last digits of",
    ("text", "name"): "what is beyond 63 bytes of",
    ("character varying", "name"): "what is beyond 63 bytes of",
    **dict.fromkeys(itertools.product({*_TEXTS, "name"}, {'"char"'}), "all but one of"),
    **dict.fromkeys(itertools.product({"numeric"}, INEXACT), "the exact digits of"),
    **dict.fromkeys(itertools.product({"bigint"}, INEXACT), "the exact digits of"),
    ("integer", "real"): "the exact digits of",
    **dict.fromkeys(itertools.product(INEXACT, {"numeric"}), "the last digits of"),
    **dict.fromkeys(itertools.product(INEXACT, INTEGERS), "the fractions of"),
    **dict.fromkeys(itertools.product(STAMPS, {"date"}), "the time of day of"),
    **dict.fromkeys(itertools.product(STAMPS, TIMES), "the date of"),
    **dict.fromkeys(itertools.product(NUMBERS, {"boolean"}), "all but whether it is zero of"),
}

# What these types leave out of a text that they read.
_UNREAD = {
    **dict.fromkeys(INEXACT, "the exact digits"),
    "money": "the last digits",
    "date": "the time of day",
    **dict.fromkeys(TIMES, "the date"),
    TIMESTAMP: "the zone",
    "jsonb": "repeated keys",
}

_RANGES = ("int4", "int8", "num", "date", "ts", "tstz")

# Where every value that fits is what it was.
_EXACT = frozenset(
    {
        *itertools.product(INTEGERS, INTEGERS | {"money", "oid"}),
        *itertools.product({"oid"}, INTEGERS),
        *itertools.product({"smallint"}, INEXACT),
        ("integer", "double precision"),
        ("real", "double precision"),
        *itertools.product({"boolean"}, NUMBERS),
        *itertools.product({"date"}, STAMPS),
        *itertools.product(STAMPS, STAMPS),
        ("time without time zone", "time with time zone"),
        ("time without time zone", "interval"),
        ("macaddr", "macaddr8"),
        ("macaddr8", "macaddr"),
        ("jsonb", "json"),
        *itertools.product(_TEXTS, {"json", "xml"}),
        *itertools.combinations(("int4range", "int8range", "numrange"), 2),
        *((f"{each}range", f"{each}multirange") for each in _RANGES),
    }
)


# Where no value of the one is written as the other reads it.
_NEVER = frozenset(
    {
        *itertools.product(INTEGERS | INEXACT | {"boolean", "money"}, {"uuid"}),
        *itertools.product({"uuid"}, NUMBERS | {"boolean", "money"}),
        *itertools.product({"boolean"}, STAMPS | TIMES | {"date", "interval"}),
        *itertools.product(STAMPS | TIMES | {"date", "interval"}, INTEGERS | {"boolean"}),
    }
)


def fits_none(before: Type, after: Type, casts: Casts) -> bool:
    """Whether any value stops the change of type."""
    pair = (before.name, after.name)
    return pair in _NEVER and pair not in casts and not before.array and not after.array


def loss(before: Type, after: Type, casts: Casts, timezone: str) -> str:
    """What values may lose, such as "the time of day of"; "" for nothing.

    Args:
        before: their type.
        after: the type that they get.
        casts: the casts that there are.
        timezone: the zone in which timestamps without one are written.
    """
    pair = (before.name, after.name)
    if before.array != after.array:
        is_text = after.name in _TEXTS and not after.array
        return "" if is_text else _unknown(before, after)
    pair = (before.name, after.name)
    cast = casts.get(pair)
    if cast is not None and not cast.is_built_in and not cast.is_binary:
        return _unknown(before, after)
    kept = pair in _EXACT or before.name == after.name or (cast is not None and cast.is_binary)
    found = (
        _LOSSES.get(pair),
        _of_clocks(before, after, timezone),
        _of_numbers(before, after),
        _of_texts(before, after, is_text=before.name in STRINGS or kept),
        "" if kept else _unknown(before, after),
    )
    return next(each for each in found if each is not None)


def _of_clocks(before: Type, after: Type, timezone: str) -> str | None:
    if before.name not in CLOCKED or after.name not in CLOCKED:
        return None
    if is_narrower(before, after):
        return "the finest fractions of a second of"
    if {before.name, after.name} == {TIMESTAMP, TIMESTAMPTZ} and timezone.upper() != "UTC":
        return f"the hour that summer time {'repeats' if after.name == TIMESTAMP else 'skips'} in"
    return "the finer parts of" if after.fields not in {"", before.fields} else None


def _of_numbers(before: Type, after: Type) -> str | None:
    scaled = {"numeric", "money"}
    if {before.name, after.name}.isdisjoint(scaled):
        return None
    if not {before.name, after.name} <= scaled | INTEGERS:
        return None
    return "the last digits of" if _scale(before) > _scale(after) else ""


def _of_texts(before: Type, after: Type, *, is_text: bool) -> str | None:
    """Spaces at the end are cut where the rest fits; those that fill a character(n) say nothing."""
    if after.name not in _TEXTS:
        return None
    padded = is_text and before.name != "character"
    cuts = (
        padded
        and bool(after.modifiers)
        and (before.name != after.name or is_narrower(before, after))
    )
    return "trailing spaces of" if cuts else ""


def _unknown(before: Type, after: Type) -> str:
    if before.name in STRINGS and (after.array or not before.array):
        return f"the spelling{_more_than_spelling(after)} of"
    return f"what {after.name}{'[]' if after.array else ''} cannot hold of"


def _more_than_spelling(after: Type) -> str:
    """What a text may say that values of a type do not keep, though they read it."""
    rounded = after.name == "numeric" and after.modifiers
    found = "the last digits" if rounded else _UNREAD.get(after.name, "")
    if after.name in CLOCKED and (is_rounded(after) or after.fields):
        found = f"{found} and the finer parts" if found else "the finer parts"
    return f" and {found}" if found else ""


def _scale(number: Type) -> float:
    """Digits after the point (manual, 8.1.2): as many as there are unless the type says."""
    if number.name in INTEGERS:
        return 0
    if number.name == "money":
        return 2
    if not number.modifiers:
        return math.inf
    return number.modifiers[1] if len(number.modifiers) > 1 else 0
