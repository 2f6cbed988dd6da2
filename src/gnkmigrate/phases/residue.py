"""Originals that the way back would lose, as they are kept in gnkmigrate.residue."""

from dataclasses import dataclass

from gnkmigrate.phases.names import literal
from gnkmigrate.phases.row_key import Columns, as_text

# Stands in SQL for a row's alias.
ROW = ":row"


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
