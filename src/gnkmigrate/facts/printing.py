"""Expressions that PostgreSQL prints in another way once they were dumped and restored.

`column IN ('a', 'b')` on a varchar is kept as an array of varchar that is cast to text[] as a
whole, and so pg_dump writes it. On reading that, PostgreSQL casts every element instead, and from
then on prints it so (parse_expr.c, transformTypeCast). It means the same.

An untyped NULL in a later branch of a UNION takes the type of the first branch, and is printed as
NULL::integer, without a name. On reading that, PostgreSQL names the column after the type. The
names of a UNION are those of its first branch. So it is with a text, 'x'::text, in the body of a
function (BEGIN ATOMIC).
"""

import re
from collections.abc import Mapping
from typing import Any

from gnkmigrate.facts.snapshot import Snapshot

_ELEMENT = r"(?:'(?:[^']|'')*'|NULL)::\w[\w ]*"
_CAST_AS_A_WHOLE = re.compile(
    rf"\(ARRAY\[(?P<elements>{_ELEMENT}(?:, {_ELEMENT})*)\]\)::(?P<type>\w[\w ]*)\[\]"
)

# The types whose names in SQL are not those in pg_type (format_type.c).
_SQL_NAMES = {
    "bit": "bit",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "varchar",
    "real": "float4",
    "double precision": "float8",
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "bit varying": "varbit",
}
_NAMED_AFTER_TYPE = re.compile(
    r"(?P<value>NULL|'(?:[^']|'')*')::(?P<type>(?:[a-z_][\w.]*|\w+ \w+ time zone|[a-z]+ [a-z]+))"
    r"(?P<rest>(?:\([\d,]+\))?(?:\[\])*)"
    r' AS "?(?P<name>\w+)"?'
)


def as_restored(snapshot: Snapshot) -> Snapshot:
    """A snapshot with its expressions as they are printed after a restore."""
    return snapshot.having(fact.replaced(payload=_settled(fact.payload)) for fact in snapshot)


def settled(text: str) -> str:
    """An expression, or a whole script, as it is printed after a restore."""
    return _NAMED_AFTER_TYPE.sub(_unnamed, _CAST_AS_A_WHOLE.sub(_cast_one_by_one, text))


def _unnamed(found: re.Match[str]) -> str:
    type_ = found["type"]
    name = _SQL_NAMES.get(type_, type_.rpartition(".")[2])
    after_type = found["name"] == name
    return f"{found['value']}::{type_}{found['rest']}" if after_type else found[0]


def _cast_one_by_one(found: re.Match[str]) -> str:
    type_ = found["type"]
    elements = re.findall(_ELEMENT, found["elements"])
    return f"ARRAY[{', '.join(f'({element})::{type_}' for element in elements)}]"


def merely_printed(one: Any, other: Any) -> bool:
    """Whether two JSON values differ, and only in how PostgreSQL prints their expressions."""
    return bool(one != other and _settled(one) == _settled(other))


def _settled(value: Any) -> Any:
    if isinstance(value, str):
        return settled(value)
    if isinstance(value, Mapping):
        return {key: _settled(part) for key, part in value.items()}
    return [_settled(part) for part in value] if isinstance(value, list | tuple) else value
