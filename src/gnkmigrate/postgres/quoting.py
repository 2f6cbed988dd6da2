"""Names and text as PostgreSQL reads them back: quoted where they must be, plain where they may.

Rules: PostgreSQL manual, 4.1.1 (identifiers and key words) and 4.1.2 (constants); quote_ident()
and quote_literal() do the same on a server.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

# Words that quote_ident() quotes: all that pg_get_keywords() of PostgreSQL 14 to 18 does not call
# unreserved (manual, appendix C).
_KEYWORD_TEXT = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user dec decimal default deferrable desc distinct do else end except
    exists extract false fetch float for foreign freeze from full grant greatest group grouping
    having ilike in initially inner inout int integer intersect interval into is isnull join json
    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay placing position precision primary
    real references returning right row select session_user setof similar smallint some substring
    symmetric system_user table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
    xmltable
"""
_KEYWORDS = frozenset(_KEYWORD_TEXT.split())
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_PART = re.compile(r'"(?:[^"]|"")*"|[^".]+')

# NAMEDATALEN - 1: longer identifiers are cut (manual, 4.1.1).
MAXIMUM_BYTES = 63
_DIGITS = 6  # of the hash that tells names apart which are cut alike


@lru_cache(maxsize=1 << 16)
def identifier(name: str) -> str:
    """`name` as SQL, in double quotes unless it reads the same without."""
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(*names: str) -> str:
    """A name with its schema (and table) in front: public.users."""
    return ".".join(identifier(name) for name in names)


def listing(names: Iterable[str]) -> str:
    """Names as they stand between parentheses: id, "Name"."""
    return ", ".join(map(identifier, names))


def names_in(text: str) -> tuple[str, ...]:
    """The names of which `qualified` has made `text`."""
    return tuple(
        part[1:-1].replace('""', '"') if part.startswith('"') else part
        for part in _PART.findall(text)
    )


def literal(text: str) -> str:
    """`text` as a string constant that means the same whatever standard_conforming_strings says."""
    quoted = text.replace("'", "''")
    if "\\" in text:
        return "E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"


def dollar_quoted(text: str, tag: str = "") -> str:
    """`text` between dollar quotes whose tag does not occur in it (manual, 4.1.2.4)."""
    while f"${tag}$" in text + "$":
        tag += "_"
    return f"${tag}${text}${tag}$"


def beside(name: str, suffix: str) -> str:
    """`name` with `suffix`, as an identifier that stands in for a while.

    Where both do not fit, the name is cut, and a few digits tell it from others cut alike.
    """
    if len((name + suffix).encode()) <= MAXIMUM_BYTES:
        return name + suffix
    suffix = f"_{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}{suffix}"
    return name.encode()[: MAXIMUM_BYTES - len(suffix)].decode(errors="ignore") + suffix
