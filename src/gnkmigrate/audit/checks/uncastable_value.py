"""Values that cannot become values of the target's type.

Changing the type stops at the first text that is no such value (SQLSTATE 22P02), and at the first
number that the narrower type cannot hold (22003). From PostgreSQL 16 on, the server says of each
text whether its type would take it; before, patterns do for numbers, uuid and boolean, and any
other cast is simply tried. A column that a coming foreign key refers from is mapped to that
table's rows and is the business of unresolved-reference.

Sources: PostgreSQL manual, 9.26.9 (pg_input_is_valid); ALTER TABLE (SET DATA TYPE); 8.1 (numeric
types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import STRINGS, LiveTable, altered_columns, beside, types_of
from gnkmigrate.audit.describe import object_of, short_type
from gnkmigrate.audit.finding import Severity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.types import Type
from gnkmigrate.postgres.quoting import identifier, literal

_ASKS = 160000  # the first version that has pg_input_is_valid

_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_NUMBERS = frozenset({*_BITS, "numeric", "real", "double precision"})

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


def probes(gaps: Gaps) -> Iterator[Probe]:
    mapped = _mapped(gaps)
    for change, rows in altered_columns(gaps):
        name = change.identity.name
        wrong = _wrong(change, rows.column(name), gaps.live.server_version)
        if not wrong or change.identity.path in mapped:
            continue
        about = object_of(change.fact)
        type_ = short_type(str(change.fact.payload["type"]), gaps.home)
        what = f"of {about.label(gaps.home)}"
        yield Probe(
            about,
            change,
            beside("uncastable_value").format(key=rows.key, rows=rows.rows, wrong=wrong),
            one=f"One value {what} cannot become {type_}.",
            many=f"COUNT values {what} cannot become {type_}.",
            table=rows.table,
            hidden=rows.hidden,
            repair=_repair(rows, name, wrong),
        )


def _mapped(gaps: Gaps) -> set[tuple[str, ...]]:
    """The columns that foreign keys of the target refer from."""
    return {
        (*constraint.identity.path[:2], name)
        for constraint in gaps.target.of_kind("constraint")
        if constraint.value("type") == "foreign key"
        for name in constraint.value("columns")
    }


def _wrong(change: Change, column: str, version: int) -> str:
    """A condition on the values that do not fit; empty where all do, or nobody knows."""
    before, after = types_of(change)
    if before.array or after.array or before == after:
        return ""
    if before.name in _NUMBERS and after.name in _NUMBERS:
        return _out_of_range(before, after, column)
    # A type of the target's own may not exist yet.
    if before.name not in STRINGS or after.name in STRINGS or "." in after.name:
        return ""
    if version >= _ASKS:
        type_ = literal(str(change.fact.payload["type"]))
        return f"NOT pg_input_is_valid({column}::text, {type_})"
    if after.name in _PATTERNS:
        return f"{column}::text !~* {literal(_PATTERNS[after.name])}"
    # True of no value; but one that does not cast stops the question.
    return f"{column} IS NOT NULL AND {column}::text::{change.fact.payload['type']} IS NULL"


def _out_of_range(before: Type, after: Type, column: str) -> str:
    if after.name in _BITS and _BITS.get(before.name, 64) > _BITS[after.name]:
        limit = 2 ** _BITS[after.name]
        return f"round({column}::numeric) NOT BETWEEN {-limit} AND {limit - 1}"
    if after.name == "numeric" and after.modifiers:
        precision, scale = (*after.modifiers, 0)[:2]
        return f"abs(round({column}::numeric, {scale})) >= 10::numeric ^ {precision - scale}"
    return ""


def _repair(rows: LiveTable, name: str, wrong: str) -> str:
    column = rows.columns[name]
    old = identifier(column.identity.name)
    value = ":'value'" if column.payload["not_null"] else "NULL"
    hint = "Choose a value" if column.payload["not_null"] else "Forgets them; keep them elsewhere"
    return f"-- {hint}.\nUPDATE {rows.relation} AS live SET {old} = {value} WHERE {wrong}"


CHECK = DataCheck(
    id="GNK-D008",
    slug="uncastable-value",
    title="Every value can become one of the target's type",
    severity=Severity.HIGH,
    impact="Changing the type stops at the first value that is none of the new type.",
    recommendation="Correct the values, or convert them by a rule of your own in the migration.",
    probes=probes,
)
