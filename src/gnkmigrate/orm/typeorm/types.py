"""PostgreSQL's types as TypeORM and the driver know them.

Which types TypeORM takes: its PostgresDriver, supportedDataTypes. What a value is in JavaScript:
node-postgres (pg-types), which leaves what it does not know as text.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from gnkmigrate.facts.fact import Identity
from gnkmigrate.orm.typeorm.model import ColumnType

# By format_type()'s word: TypeORM's, TypeScript's, and what stands between the parentheses.
_TYPES: Mapping[str, tuple[str, str, str]] = {
    "smallint": ("smallint", "number", ""),
    "integer": ("integer", "number", ""),
    "bigint": ("bigint", "string", ""),
    "numeric": ("numeric", "string", "scale"),
    "real": ("real", "number", ""),
    "double precision": ("double precision", "number", ""),
    "money": ("money", "string", ""),
    "character varying": ("varchar", "string", "length"),
    "character": ("char", "string", "length"),
    "text": ("text", "string", ""),
    "boolean": ("boolean", "boolean", ""),
    "uuid": ("uuid", "string", ""),
    "bytea": ("bytea", "Buffer", ""),
    "bit": ("bit", "string", "length"),
    "bit varying": ("varbit", "string", "length"),
    "date": ("date", "string", ""),
    "time without time zone": ("time", "string", "precision"),
    "time with time zone": ("timetz", "string", "precision"),
    "timestamp without time zone": ("timestamp", "Date", "precision"),
    "timestamp with time zone": ("timestamptz", "Date", "precision"),
    "interval": ("interval", "unknown", "precision"),
    "json": ("json", "unknown", ""),
    "jsonb": ("jsonb", "unknown", ""),
    "xml": ("xml", "string", ""),
    "tsvector": ("tsvector", "string", ""),
    "tsquery": ("tsquery", "string", ""),
    "inet": ("inet", "string", ""),
    "cidr": ("cidr", "string", ""),
    "macaddr": ("macaddr", "string", ""),
    "macaddr8": ("macaddr8", "string", ""),
    "point": ("point", "unknown", ""),
    "line": ("line", "string", ""),
    "lseg": ("lseg", "string", ""),
    "box": ("box", "string", ""),
    "path": ("path", "string", ""),
    "polygon": ("polygon", "string", ""),
    "circle": ("circle", "unknown", ""),
    # Types of extensions, which TypeORM looks for in the schema public.
    "public.citext": ("citext", "string", ""),
    "public.ltree": ("ltree", "string", ""),
    "public.hstore": ("hstore", "unknown", ""),
    **{
        name: (name, "string", "")
        for name in ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
                     "int4multirange", "int8multirange", "nummultirange", "tsmultirange",
                     "tstzmultirange", "datemultirange")
    },
}  # fmt: skip
# What node-postgres makes of the elements of a list, where it is not what it makes of one value.
_ELEMENTS = {"numeric": "number"}
_NO_ELEMENTS = frozenset({"bit", "varbit", "xml", "tsvector", "tsquery", "citext", "money"})

_FORM = re.compile(r"([^()]*?)(?:\(([\d, ]+)\))?((?: with(?:out)? time zone)?)")
USUAL_PRECISION = 6  # of times; PostgreSQL prints it where it was written, TypeORM never does


def column_type(text: str, enums: Mapping[str, Identity]) -> ColumnType | None:
    """The type that `format_type()` prints as `text`; None where TypeORM does not know it.

    Args:
        text: such as "character varying(50)[]".
        enums: the enum types, by their names as they are printed.
    """
    bare, array = text.removesuffix("[]"), text.endswith("[]")
    if (enum := enums.get(bare)) is not None:
        return ColumnType("enum", "", array=array, enum=enum)
    found = _FORM.fullmatch(bare)
    known = _TYPES.get(found[1] + found[3]) if found else None
    if known is None or found is None:
        return None
    made = _with_size(ColumnType(*known[:2], digits=known[0] == "numeric"), known[2], found[2])
    if made is None or not array:
        return made
    if made.name in _NO_ELEMENTS:
        return replace(made, array=True, script="string", digits=False)
    element = _ELEMENTS.get(made.name, made.script)
    return replace(made, array=True, script=f"{element}[]", digits=False)


def _with_size(plain: ColumnType, means: str, text: str | None) -> ColumnType | None:
    numbers = [int(number) for number in (text or "").split(",") if number.strip()]
    if not numbers:
        return plain
    match means:
        case "length":
            return replace(plain, length=numbers[0])
        case "scale":
            return replace(plain, precision=numbers[0], scale=numbers[1])
        case "precision" if numbers[0] != USUAL_PRECISION:
            return replace(plain, precision=numbers[0])
        case _:
            return None
