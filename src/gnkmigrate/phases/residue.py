"""Originals that the way back would lose, as they are kept in gnkmigrate.residue.

They are kept as text. How a value is written depends on settings of the session for some types
(DateStyle, TimeZone, extra_float_digits and others), and every application has its own: for these
a function of ours writes it, and values are compared as they are, not as text.
"""

import re
from dataclasses import dataclass

from gnkmigrate.connection import PINNED_SETTINGS
from gnkmigrate.phases.names import literal
from gnkmigrate.phases.row_key import Columns, as_text

# Stands in SQL for a row's alias.
ROW = ":row"

# The types that are written in one way.
_PLAIN = re.compile(
    r"(?:text|character(?: varying)?|varchar|bpchar|uuid|smallint|integer|bigint|numeric|boolean)"
    r"(?:\([0-9, ]+\))?(?: COLLATE .*)?",
    re.DOTALL,
)
_SETTINGS = "".join(
    f" SET {name} = '{value}'"
    for name, value in PINNED_SETTINGS
    if name
    in {
        "DateStyle",
        "IntervalStyle",
        "TimeZone",
        "extra_float_digits",
        "bytea_output",
        "xmloption",
    }
)

# Made where something is to be kept; see `written`.
WRITTEN = f"""
CREATE OR REPLACE FUNCTION gnkmigrate.written(anyelement) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp{_SETTINGS}
AS $body$ SELECT $1::text $body$
"""
UNWRITTEN = "DROP FUNCTION IF EXISTS gnkmigrate.written(anyelement)"


def is_plain(type_: str) -> bool:
    """Whether the values of a type are written in one way, whatever a session has set."""
    return _PLAIN.fullmatch(type_) is not None


def written(value: str, type_: str) -> str:
    """SQL for a value as text, the same in every session.

    Args:
        value: SQL for it.
        type_: its type, as PostgreSQL prints it.
    """
    return f"({value})::text" if is_plain(type_) else f"gnkmigrate.written({value})"


def alike(one: str, other: str) -> str:
    """The condition that two values of one type are the same, to the last bit; NULLs are.

    Records of any type are compared byte by byte (manual, 9.25.6, Composite Type Comparison); by
    the operator's function, since pg_dump writes the operator so that it cannot be read again.
    """
    return f"pg_catalog.record_image_eq(ROW({one}), ROW({other}))"


@dataclass(frozen=True)
class Residue:
    """An original that is kept where the new value does not give it back.

    Attributes:
        phase: under which it is kept.
        relation: "schema.table".
        attribute: the old column.
        key: the columns of the row's key.
        original: SQL for the original as text.
        converted: SQL for the new value as text.
        needed: SQL condition.
    """

    phase: str
    relation: str
    attribute: str
    key: Columns
    original: str
    converted: str
    needed: str

    def place(self, key: str) -> str:
        """The condition that finds it in gnkmigrate.residue, under the key as text."""
        return (
            f"residue.phase = {literal(self.phase)} AND residue.relation = {literal(self.relation)}"
            f" AND residue.attribute = {literal(self.attribute)} AND residue.key = {key}"
        )

    def insert(self, source: str, key: str = "") -> str:
        """INSERT ... SELECT of the originals of `source`, a FROM clause with alias :row.

        Under the key of each row, or under that which is given as text.
        """
        key = key or as_text(self.key, ROW)
        values = ", ".join(
            (literal(self.phase), literal(self.relation), literal(self.attribute), key)
        )
        return (
            "INSERT INTO gnkmigrate.residue (phase, relation, attribute, key, original, converted)"
            f" SELECT {values}, {self.original}, {self.converted} {source}"
        )


def keeping(kept: Residue) -> str:
    """The part of a trigger function that keeps NEW's original, or one no longer than needed."""
    key = written_key(kept.key)
    insert = kept.insert("", key).replace(ROW, "NEW")
    return f"""IF TG_OP = 'UPDATE' THEN
        DELETE FROM gnkmigrate.residue WHERE {kept.place(key)};
    END IF;
    IF {kept.needed.replace(ROW, "NEW")} THEN
        {insert}
        ON CONFLICT (phase, relation, attribute, key) DO UPDATE
        SET original = excluded.original, converted = excluded.converted;
    END IF;"""


def written_key(key: Columns) -> str:
    """SQL for the key, as text, of a row that a trigger sees before it is written.

    It is that of before: what is kept under it follows a key that changes (originals.py).
    """
    before, after = as_text(key, "OLD"), as_text(key, "NEW")
    return f"CASE WHEN TG_OP = 'UPDATE' THEN {before} ELSE {after} END"
