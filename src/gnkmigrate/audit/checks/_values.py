"""What the values of today become in a column of the target, in SQL.

Whether rows agree, or obey a rule, is decided by the values that they will have: '1' and '1.0' are
one number, and 249.996 is 250.00 in a numeric(8, 2). A value that the type cannot hold at all
becomes NULL here, which breaks no rule: the checks of values tell of it.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from gnkmigrate.audit.check import Gaps
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.casts import between
from gnkmigrate.kinds.conversions import convert
from gnkmigrate.kinds.inner_types import underlying
from gnkmigrate.kinds.types import INTEGERS, NUMBERS, STRINGS, Type
from gnkmigrate.postgres.quoting import literal, names_in

_ASKS = 160000  # the first version that has pg_input_is_valid

_BITS = {"smallint": 15, "integer": 31, "bigint": 63}

# What a text has to look like, where the server cannot be asked (manual, 8.1, 8.6, 8.12).
_INTEGER = r"^\s*[-+]?[0-9]+\s*$"
_PATTERNS = {
    "smallint": _INTEGER,
    "integer": _INTEGER,
    "bigint": _INTEGER,
    "numeric": r"^\s*([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|nan|[-+]?inf(inity)?)\s*$",
    "boolean": r"^\s*(t|tr|tru|true|y|ye|yes|on|1|f|fa|fal|fals|false|n|no|of|off|0)\s*$",
    "uuid": r"^\{?([0-9a-f]{4}-?){7}[0-9a-f]{4}\}?$",
}

# Texts of any length: a cast to a shorter one would cut them.
_WHOLE = {"character varying": "text", "character": "bpchar"}
_ALIKE = ({"text", "character varying"}, INTEGERS)
_MADE = ("enum", "composite type", "range type", "base type")


@dataclass(frozen=True)
class Value:
    """A live column as the target will have it.

    Attributes:
        sql: the expression.
        differs: whether values that are not equal today may be so then, or the other way round.
    """

    sql: str
    differs: bool


def referring(target: Snapshot) -> AbstractSet[tuple[str, ...]]:
    """The columns that foreign keys refer from: with another type, they get a row's key."""
    return {
        (*constraint.identity.path[:2], name)
        for constraint in target.of_kind("constraint")
        if constraint.value("type") == "foreign key"
        for name in constraint.value("columns")
    }


def becomes(live: Fact, wanted: Fact, column: str, gaps: Gaps) -> Value | None:
    """What a column's values become; None where they are compared as they are.

    Args:
        live: the column today.
        wanted: the target's.
        column: the live one in SQL.
        gaps: both sides.
    """
    same = all(live.payload[each] == wanted.payload[each] for each in ("type", "collation"))
    if same or wanted.identity.path in gaps.target.once(referring):
        return None
    old = underlying(str(live.payload["type"]), gaps.live)
    new = underlying(str(wanted.payload["type"]), gaps.target)
    value = _converted(old, new, column, gaps)
    compared = _compared(live, wanted, gaps)
    if compared and Type.parse(new).name in STRINGS:
        return Value(f"({value.sql if value else column}) COLLATE {compared}", differs=True)
    return value


def misfit(old: str, new: str, column: str, version: int) -> str:
    """A condition on the values that do not fit; empty where all do, or nobody knows.

    Args:
        old: the type today.
        new: the type that they shall get.
        column: the column in SQL.
        version: of the server, as server_version_num.
    """
    before, after = Type.parse(old), Type.parse(new)
    if before.array or after.array or before == after:
        return ""
    if before.name in NUMBERS and after.name in NUMBERS:
        return _out_of_range(before, after, column)
    # A type of the target's own may not exist yet.
    if before.name not in STRINGS or after.name in STRINGS or "." in after.name:
        return ""
    if version >= _ASKS:
        return f"NOT pg_input_is_valid({column}::text, {literal(new)})"
    if after.name in _PATTERNS:
        return f"{column}::text !~* {literal(_PATTERNS[after.name])}"
    # True of no value; but one that does not cast stops the question.
    return f"{column} IS NOT NULL AND {column}::text::{new} IS NULL"


def as_type(old: str, new: str, column: str, version: int) -> str:
    """Values as another type has them, to compare them with its own; "" where no cast is sure.

    What does not fit is NULL. Numbers are compared as they are. The rest as for `misfit`.
    """
    before, after = Type.parse(old), Type.parse(new)
    if before.array or after.array:
        return ""
    if before.name in NUMBERS and after.name in NUMBERS:
        return column
    if after.name in STRINGS or after.name.endswith("citext"):
        return f"{column}::text::{_WHOLE.get(after.name, after.name)}"
    if before.name not in STRINGS or not (version >= _ASKS or after.name in _PATTERNS):
        return ""
    wrong = misfit(old, new, column, version)
    # A number with too many digits is told of before PostgreSQL 16 by no pattern.
    cast = "numeric" if after.name in NUMBERS and version < _ASKS else new
    return f"CASE WHEN {wrong} THEN NULL ELSE {column}::text::{cast} END" if wrong else ""


def _converted(old: str, new: str, column: str, gaps: Gaps) -> Value | None:
    before, after = Type.parse(old), Type.parse(new)
    alike = any(before.name in each and after.name in each for each in _ALIKE)
    if old == new or (alike and before.array == after.array):
        return None
    if after.name in STRINGS:
        array = "[]" if after.array else ""
        whole = f"{column}::{_WHOLE.get(after.name, 'text')}{array}"
        return Value(whole, differs="character" in {before.name, after.name})
    if "." in after.name and not after.array and not _is_there(after.name, gaps.live):
        return _unborn(after.name, column, gaps)
    casts = between(gaps.live, gaps.target)
    found = convert(old, new, column, gaps.source_timezone, online=False, casts=casts)
    sql = found.using or f"{column}::{new}"
    wrong = misfit(old, new, column, gaps.live.server_version)
    return Value(
        f"CASE WHEN {wrong} THEN NULL ELSE {sql} END" if wrong else sql,
        differs=bool(found.loses) or "." in new,
    )


def _unborn(name: str, column: str, gaps: Gaps) -> Value:
    """Of a type that the database does not have yet: what its values are compared by."""
    if gaps.target.facts.get(Identity("enum", names_in(name))) is not None:
        return Value(f"{column}::text", differs=False)
    if name.endswith(".citext") and gaps.live.get("extension", "citext") is None:
        return Value(f"lower({column}::text)", differs=True)
    return Value(f"{column}::{name}", differs=True)


def _is_there(name: str, live: Snapshot) -> bool:
    return any(Identity(kind, names_in(name)) in live for kind in _MADE)


def _compared(live: Fact, wanted: Fact, gaps: Gaps) -> str:
    """The collation by which the target compares, where it takes other values for equal."""
    old, new = live.payload["collation"], wanted.payload["collation"]
    if old == new or not any((*_loose(old, gaps.live), *_loose(new, gaps.target))):
        return ""
    return str(new or 'pg_catalog."default"')


def _loose(collation: str | None, snapshot: Snapshot) -> Iterator[bool]:
    fact = snapshot.facts.get(Identity("collation", names_in(collation))) if collation else None
    if fact is not None:
        yield not fact.payload["deterministic"]


def _out_of_range(before: Type, after: Type, column: str) -> str:
    if after.name in _BITS and _BITS.get(before.name, 64) > _BITS[after.name]:
        limit = 2 ** _BITS[after.name]
        return f"round({column}::numeric) NOT BETWEEN {-limit} AND {limit - 1}"
    if after.name == "numeric" and after.modifiers:
        precision, scale = (*after.modifiers, 0)[:2]
        return f"abs(round({column}::numeric, {scale})) >= 10::numeric ^ {precision - scale}"
    return ""
