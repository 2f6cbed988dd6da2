"""Keys of a table whose columns become wider integers: primary key, foreign keys, sequences.

Integers of all widths are compared with each other (manual, 11.10, operator family integer_ops), so
that a foreign key holds between columns of which one is wider already. The tables on both its
sides need not change in one moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

# From the narrowest to the widest, with the greatest value (manual, 8.1.1).
WIDTHS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}

_FOREIGN_KEYS = """
SELECT conname::text AS name, own_schema.nspname::text AS schema, own.relname::text AS table,
       other_schema.nspname::text AS referenced_schema, other.relname::text AS referenced_table,
       regexp_replace(pg_get_constraintdef(pg_constraint.oid), ' NOT VALID$', '') AS definition,
       convalidated AS valid, obj_description(pg_constraint.oid, 'pg_constraint') AS comment
FROM pg_constraint
JOIN pg_class AS own ON own.oid = conrelid
JOIN pg_namespace AS own_schema ON own_schema.oid = own.relnamespace
JOIN pg_class AS other ON other.oid = confrelid
JOIN pg_namespace AS other_schema ON other_schema.oid = other.relnamespace
WHERE contype = 'f' AND conparentid = 0 AND EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = {table}::regclass AND attname IN ({names})
      AND (attrelid = conrelid AND attnum = ANY (conkey)
           OR attrelid = confrelid AND attnum = ANY (confkey)))
ORDER BY own_schema.nspname, own.relname, conname
"""
# Those of identity columns depend on them internally, those of serial ones do not.
_SEQUENCES = """
SELECT format('%I.%I', nspname, relname) AS name, attname::text AS column, attidentity AS identity,
       seqmax AS most,
       format('START %s INCREMENT %s MINVALUE %s CACHE %s %s', seqstart, seqincrement, seqmin,
              seqcache, CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) AS options,
       ARRAY(SELECT format('GRANT %s ON SEQUENCE %I.%I TO %s%s', privilege_type, nspname, relname,
                           CASE grantee WHEN 0 THEN 'PUBLIC'
                                ELSE quote_ident(pg_get_userbyid(grantee)) END,
                           CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
             FROM aclexplode(relacl) WHERE grantee <> relowner) AS grants
FROM pg_depend
JOIN pg_sequence ON seqrelid = objid JOIN pg_class ON pg_class.oid = seqrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
  AND deptype IN ('a', 'i') AND refobjid = {table}::regclass AND attname IN ({names})
ORDER BY name
"""


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key between one of these columns and another.

    Attributes:
        name: the constraint's.
        schema: that of the table that has it.
        table: the name of that table.
        referenced_schema: that of the other one.
        referenced_table: the name of the other one.
        definition: as pg_get_constraintdef gives it, without NOT VALID.
        valid: whether all rows are known to hold it.
        comment: None where it has none.
    """

    name: str
    schema: str
    table: str
    referenced_schema: str
    referenced_table: str
    definition: str
    valid: bool
    comment: str | None

    @property
    def tables(self) -> tuple[str, str]:
        """The table that has it, "schema.table", and the one that it refers to."""
        return (
            f"{self.schema}.{self.table}",
            f"{self.referenced_schema}.{self.referenced_table}",
        )

    @property
    def dropped(self) -> str:
        """The statement that drops it."""
        return f"ALTER TABLE {self._on} DROP CONSTRAINT {column(self.name)}"

    @property
    def added(self) -> str:
        """The statements that add it again, for new rows."""
        name = column(self.name)
        add = f"ALTER TABLE {self._on} ADD CONSTRAINT {name} {self.definition} NOT VALID"
        if self.comment is None:
            return add
        return f"{add};\nCOMMENT ON CONSTRAINT {name} ON {self._on} IS {literal(self.comment)}"

    @property
    def _on(self) -> str:
        return quoted(self.tables[0])


@dataclass(frozen=True)
class OwnedSequence:
    """The sequence of one of these columns, which is serial or an identity.

    Attributes:
        name: qualified and quoted.
        column: to which it belongs.
        identity: "a" where it gives a value always, "d" by default, "" for a serial column's.
        most: the greatest value that it gives.
        options: its other ones, as SQL.
        grants: statements that give others the rights that they have on it.
    """

    name: str
    column: str
    identity: str
    most: int
    options: str
    grants: Sequence[str]

    def go_over(self, work: Work, table: str, to: "Replaced") -> tuple[list[str], list[str]]:
        """Statements by which it leaves its column, and those by which another has it.

        Whoever asks holds the table, so that nobody asks for a value in between.
        """
        alter, name = f"ALTER TABLE {quoted(table)} ALTER COLUMN", column(to.after)
        most = WIDTHS[to.type_after] if self.most == WIDTHS[to.type_before] else self.most
        if not self.identity:
            # AS moves a bound that is the type's own (manual, ALTER SEQUENCE).
            owned = f"ALTER SEQUENCE {self.name} OWNED BY {quoted(table)}.{name}"
            wide = f"ALTER SEQUENCE {self.name} AS {to.type_after}"
            widened = most != self.most and self._fits(work, most)
            # It would go with its column where that is dropped.
            nobodys = f"ALTER SEQUENCE {self.name} OWNED BY NONE"
            return [nobodys], [owned, *((wide,) if widened else ())]
        last, called = work.execute(f"SELECT last_value, is_called FROM {self.name}").fetchall()[0]
        always = "ALWAYS" if self.identity == "a" else "BY DEFAULT"
        options = f"SEQUENCE NAME {self.name} {self.options} MAXVALUE {most}"
        return [f"{alter} {column(self.column)} DROP IDENTITY"], [
            f"{alter} {name} ADD GENERATED {always} AS IDENTITY ({options})",
            f"SELECT setval({literal(self.name)}, {min(last, most)}, {called})",
            *self.grants,
        ]

    def _fits(self, work: Work, most: int) -> bool:
        return int(work.value(f"SELECT last_value FROM {self.name}")) <= most


@dataclass(frozen=True)
class Replaced:
    """A column, and the one that has its keys and its sequence afterwards.

    Attributes:
        before: the name of the one as long as it has them.
        type_before: its type.
        after: the name of the other one when it has them.
        type_after: its type.
    """

    before: str
    type_before: str
    after: str
    type_after: str


def sequences_go_over(
    work: Work, table: str, columns: Sequence[Replaced]
) -> tuple[list[str], list[str]]:
    """Statements to run before other columns have the names, and those to run afterwards."""
    first: list[str] = []
    last: list[str] = []
    by_name = {each.before: each for each in columns}
    for sequence in _sequences(work, table, list(by_name)):
        leaves, arrives = sequence.go_over(work, table, by_name[sequence.column])
        first += leaves
        last += arrives
    return first, last


def foreign_keys(work: Work, table: str, names: Sequence[str]) -> tuple[ForeignKey, ...]:
    """The foreign keys that columns of a table have, and those of other tables to them.

    Args:
        work: the session.
        table: "schema.table".
        names: the columns.
    """
    return tuple(_read(work, _FOREIGN_KEYS, ForeignKey, table, names))


def _sequences(work: Work, table: str, names: Sequence[str]) -> tuple[OwnedSequence, ...]:
    return tuple(_read(work, _SEQUENCES, OwnedSequence, table, names))


def _read(work: Work, query: str, row: type[Any], table: str, names: Sequence[str]) -> list[Any]:
    listed = ", ".join(map(literal, names)) or "NULL"
    text = query.format(table=literal(quoted(table)), names=listed)
    with (
        work.settings(search_path=OURS),
        work.connection.cursor(row_factory=class_row(row)) as cursor,
    ):
        return cursor.execute(text.encode()).fetchall()
