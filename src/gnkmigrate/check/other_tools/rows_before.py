"""The rows of before, kept beside, so that what is not there any more can be told one by one.

They are kept as text, in a schema of ours in the copy: nothing of the copy depends on that then,
and nothing of it is in the way of a migration. A table is known by its oid and a column by its
number; a table that was made again, by its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase

import psycopg
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.text.numbers import counted

SCHEMA = "gnkmigrate_before"


@dataclass(frozen=True)
class Column:
    """A column whose values are somebody's own."""

    number: int
    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """A table that holds rows, "schema.name", with how many were kept."""

    path: tuple[str, str]
    columns: tuple[Column, ...]
    rows: int = 0

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Losses:
    """What is not there any more, a line each.

    Attributes:
        lost: tables, columns and rows that are gone, and values that another type cannot hold.
        changed: values that are others, of the type that they were.
    """

    lost: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.lost, *self.changed)


@dataclass(frozen=True)
class Kept:
    """The rows of a moment, by the oid of their table."""

    tables: Mapping[int, Table]

    @classmethod
    def of(cls, session: Connection, left_out: Sequence[str]) -> "Kept":
        """Keeps all rows.

        Args:
            session: with pinned settings, which make values print alike, in autocommit.
            left_out: patterns (fnmatch) of tables that are a tool's own, "schema.name".
        """
        with suppress(errors.InsufficientPrivilege):
            # The copy may have event triggers.
            session.execute("SET session_replication_role = replica")
        forget(session)
        session.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
        found = {
            oid: table
            for oid, table in _tables(session).items()
            if table.path[0] != SCHEMA
            and not any(fnmatchcase(table.name, pattern) for pattern in left_out)
        }
        return cls({oid: _keep(session, oid, table) for oid, table in found.items()})

    @property
    def with_rows(self) -> frozenset[str]:
        """The tables that had some."""
        return frozenset(table.name for table in self.tables.values() if table.rows)

    def losses(self, session: Connection) -> Losses:
        """What of the rows is not there any more, whatever else there is."""
        now = _tables(session)
        by_name = {table.path: table for table in now.values()}
        lost: list[str] = []
        changed: list[str] = []
        for oid, old in self.tables.items():
            new = now.get(oid) or by_name.get(old.path)
            if not old.rows:
                continue
            if new is None:
                lost.append(f"{old.name}: the table is gone, with {counted(old.rows, 'row')}")
                continue
            same = oid in now
            comparison = _Comparison(session, oid, old, _pairs(old, new, same=same), new)
            lost += comparison.lost()
            changed += comparison.changed()
        return Losses(tuple(lost), tuple(changed))


def forget(session: Connection) -> None:
    """Removes what was kept."""
    session.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA)))


@dataclass
class _Comparison:
    """A table of before, and the one that it is now."""

    session: Connection
    oid: int
    old: Table
    pairs: Mapping[Column, Column]
    new: Table

    def lost(self) -> Iterator[str]:
        for column in self.old.columns:
            if column not in self.pairs and (count := self._values(column)):
                values = counted(count, "value")
                yield f"{self.old.name}.{column.name}: the column is gone, with {values}"
        rows = self._count(sql.SQL("SELECT * FROM ONLY {}").format(sql.Identifier(*self.new.path)))
        if rows < self.old.rows:
            yield f"{self.old.name}: {counted(self.old.rows, 'row')} before, {rows:,} now"
        else:
            yield from self._others(same_type=False)

    def changed(self) -> Iterator[str]:
        rows = self._count(sql.SQL("SELECT * FROM ONLY {}").format(sql.Identifier(*self.new.path)))
        if rows >= self.old.rows:
            yield from self._others(same_type=True)

    def _others(self, *, same_type: bool) -> Iterator[str]:
        """Columns that lack values which they had."""
        if not self._missing(list(self.pairs)):
            return
        told = False
        for column, now in self.pairs.items():
            if (column.type == now.type) == same_type and (count := self._missing([column])):
                of = f"{count:,} of {counted(self.old.rows, 'value')}"
                became = "" if same_type else f" ({column.type} before, {now.type} now)"
                name = f"{self.old.name}.{column.name}"
                yield f"{name}: {of} {_are(count)} not there any more{became}"
                told = True
        if same_type and not told and not any(self._missing([each]) for each in self.pairs):
            yield f"{self.old.name}: the values of rows have changed places"

    def _missing(self, columns: Sequence[Column]) -> int:
        """How many rows, of these columns alone, are not there any more."""
        before = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(sql.Identifier(str(each.number)) for each in columns), self._kept
        )
        now = sql.SQL("SELECT {} FROM ONLY {}").format(
            sql.SQL(", ").join(self._as_before(each) for each in columns),
            sql.Identifier(*self.new.path),
        )
        return self._count(sql.SQL("{} EXCEPT ALL {}").format(before, now))

    def _as_before(self, column: Column) -> sql.Composable:
        """A column's values as they printed before, where PostgreSQL can cast them back."""
        now = self.pairs[column]
        value = sql.Identifier(now.name)
        if now.type == column.type:
            return sql.SQL("{}::text").format(value)
        # The type is as PostgreSQL has printed it, quoted where it must be.
        back = sql.SQL("CAST({} AS {})::text").format(value, sql.SQL(column.type))
        asked = sql.SQL("SELECT {} FROM ONLY {}").format(back, sql.Identifier(*self.new.path))
        try:
            with self.session.transaction():
                self._count(asked)
        except psycopg.Error:
            return sql.SQL("{}::text").format(value)
        return back

    def _values(self, column: Column) -> int:
        return self._count(
            sql.SQL("SELECT FROM {} WHERE {} IS NOT NULL").format(
                self._kept, sql.Identifier(str(column.number))
            )
        )

    def _count(self, rows: sql.Composed) -> int:
        asked = sql.SQL("SELECT count(*) FROM ({}) AS asked").format(rows)
        ((count,),) = self.session.execute(asked).fetchall()
        return int(count)

    @property
    def _kept(self) -> sql.Identifier:
        return sql.Identifier(SCHEMA, str(self.oid))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _keep(session: Connection, oid: int, table: Table) -> Table:
    values = [
        sql.SQL("{}::text AS {}").format(
            sql.Identifier(each.name), sql.Identifier(str(each.number))
        )
        for each in table.columns
    ]
    statement = sql.SQL("CREATE UNLOGGED TABLE {} AS SELECT {} FROM ONLY {}").format(
        sql.Identifier(SCHEMA, str(oid)), sql.SQL(", ").join(values), sql.Identifier(*table.path)
    )
    return Table(table.path, table.columns, session.execute(statement).rowcount)


def _pairs(old: Table, new: Table, *, same: bool) -> Mapping[Column, Column]:
    """Each column of before that is still there, with what it is now."""
    by_number = {column.number: column for column in new.columns}
    by_name = {column.name: column for column in new.columns}
    found = (
        (each, by_number.get(each.number) if same else by_name.get(each.name))
        for each in old.columns
    )
    return {column: now for column, now in found if now is not None}


def _tables(session: Connection) -> dict[int, Table]:
    columns: dict[int, list[Column]] = {}
    for oid, _, _, number, name, type_, _, generated, *_ in session.execute(
        query("proof.sql", "columns"), {"named": [], "joined": Jsonb([])}
    ):
        if not generated:
            columns.setdefault(oid, []).append(Column(number, name, type_))
    return {
        oid: Table((schema, name), tuple(columns.get(oid, ())))
        for oid, schema, name, _ in session.execute(query("proof.sql", "tables"))
    }
