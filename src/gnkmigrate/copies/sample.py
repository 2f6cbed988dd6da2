"""Some rows of every table, and every row that they refer to, read at one moment.

The live database gets nothing but SELECTs in a read-only transaction: which rows are missing is
found on the copy, whose constraints are made when all rows are there.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from psycopg import sql

from gnkmigrate import own_objects
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.text.secret import looks_secret

# Chance picks more rows than are wanted, so that they are seldom fewer; LIMIT takes the surplus.
_MARGIN, _SURPLUS = 1.5, 20
_KEYS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Selection:
    """What is copied.

    Attributes:
        rows: of each table, apart from those that others refer to; None for all.
        mask: whether text in columns that look secret is replaced by other text of its length.
        without: extensions that the copy does without.
    """

    rows: int | None = None
    mask: bool = False
    without: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether every row is copied as it is."""
        return self.rows is None and not self.mask


EVERYTHING = Selection()


class Table(NamedTuple):
    """A table that holds rows of its own.

    Attributes:
        schema: its schema.
        name: its name.
        estimate: how many rows it has, by the statistics; -1 where there are none.
        columns: those that are copied.
        texts: name and type of each that can be masked.
    """

    schema: str
    name: str
    estimate: float
    columns: Sequence[str]
    texts: Sequence[Sequence[str]]

    @property
    def secret(self) -> Mapping[str, str]:
        """The types of the columns that are masked, by name."""
        return {name: type_ for name, type_ in self.texts if looks_secret(name)}


class Reference(NamedTuple):
    """A foreign key; its columns, types and operators go together by their places."""

    child_schema: str
    child: str
    parent_schema: str
    parent: str
    child_columns: Sequence[str]
    child_types: Sequence[str]
    parent_columns: Sequence[str]
    operators: Sequence[str]


def copy_rows(live: Connection, copy: Connection, selection: Selection) -> tuple[str, ...]:
    """Copies rows into tables that have no constraint yet.

    Args:
        live: a session in a read-only transaction of one moment.
        copy: a session with the copy, in autocommit.
        selection: which rows.

    Returns:
        The columns that were masked, "schema.table.column".
    """
    tables = [Table(*row) for row in live.execute(query("copies.sql", "tables"))]
    salt = secrets.token_hex(16)
    reader = _Reader(live, copy, salt if selection.mask else "")
    # Of what gnkmigrate keeps for the way back, and of its journal, nothing may be missing.
    whole = own_objects.schemas(live)
    for table in tables:
        rows = None if table.schema in whole else selection.rows
        reader.transfer(table, _seed(table, rows))
    if selection.rows is not None:
        references = [Reference(*row) for row in live.execute(query("copies.sql", "references"))]
        known = {(table.schema, table.name): table for table in tables}
        while sum(reader.complete(each, known) for each in references):
            pass  # a parent has parents of its own
    masked = tables if selection.mask else []
    return tuple(f"{each.schema}.{each.name}.{name}" for each in masked for name in each.secret)


def bytes_of(live: Connection, rows: int | None) -> int:
    """About how many bytes so many rows of each table take, with their indexes."""
    ((size,),) = live.execute(query("copies.sql", "size"), {"rows": rows}).fetchall()
    return int(size)


def _seed(table: Table, rows: int | None) -> sql.Composed:
    """Which rows of a table are taken without regard to others, as what follows SELECT."""
    source = sql.SQL("FROM ONLY {} AS source").format(sql.Identifier(table.schema, table.name))
    if rows is None:
        return source
    limit = sql.SQL(" LIMIT {}").format(sql.Literal(rows))
    percent = 100 * (_MARGIN * rows + _SURPLUS) / table.estimate if table.estimate > 0 else 100.0
    if percent >= 100:  # noqa: PLR2004 - all
        return source + limit
    sample = sql.SQL(" TABLESAMPLE BERNOULLI ({}) REPEATABLE (0)").format(sql.Literal(percent))
    return source + sample + limit


@dataclass(frozen=True)
class _Reader:
    """Takes rows from the live database to the copy.

    Attributes:
        live: where from.
        copy: where to.
        salt: goes into what masks a secret; "" where nothing is masked.
    """

    live: Connection
    copy: Connection
    salt: str

    def transfer(self, table: Table, source: sql.Composable) -> int:
        """Copies the columns of some rows of one table; gives how many rows."""
        values = sql.SQL(", ").join(self._value(table, name) for name in table.columns)
        names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        out = sql.SQL("COPY (SELECT {} {}) TO STDOUT").format(values, source)
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.schema, table.name), names
        )
        if not table.columns:  # COPY cannot say that there are none
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table.schema, table.name))
        with self.live.cursor() as reading, self.copy.cursor() as writing:
            with reading.copy(out) as rows, writing.copy(into) as taken:
                for block in rows:
                    taken.write(block)
            return writing.rowcount

    def _value(self, table: Table, name: str) -> sql.Composable:
        column = sql.SQL("source.{}").format(sql.Identifier(name))
        type_ = table.secret.get(name) if self.salt else None
        if type_ is None:
            return column
        # Equal values stay equal within one copy, other values other, lengths as they were.
        return sql.SQL(
            "left(repeat(md5({salt} || {column}::text), 1 + length({column}::text) / 32),"
            " length({column}::text))::{type}"
        ).format(salt=sql.Literal(self.salt), column=column, type=_verbatim(type_))

    def complete(self, key: Reference, known: Mapping[tuple[str, str], Table]) -> int:
        """Copies the rows that a foreign key refers to and the copy lacks; gives how many."""
        parent = known.get((key.parent_schema, key.parent)) or self._partitioned(key)
        copied = 0
        for values in self._missing(key):
            arrays = sql.SQL(", ").join(
                sql.SQL("{}::text[]").format(sql.Literal(list(column)))
                for column in zip(*values, strict=True)
            )
            names = [sql.Identifier(f"key{at}") for at in range(len(key.child_columns))]
            equal = sql.SQL(" AND ").join(
                sql.SQL("source.{} {} keys.{}::{}").format(
                    sql.Identifier(column), _verbatim(operator), name, _verbatim(type_)
                )
                for column, operator, name, type_ in zip(
                    key.parent_columns, key.operators, names, key.child_types, strict=True
                )
            )
            source = sql.SQL(
                "FROM {} AS source WHERE EXISTS (SELECT FROM unnest({}) AS keys ({}) WHERE {})"
            ).format(
                sql.Identifier(parent.schema, parent.name),
                arrays,
                sql.SQL(", ").join(names),
                equal,
            )
            copied += self.transfer(parent, source)
        return copied

    def _missing(self, key: Reference) -> Iterator[Sequence[Sequence[str]]]:
        """The values that rows of the copy refer to without finding them there, in portions."""
        child = [sql.SQL("child.{}").format(sql.Identifier(name)) for name in key.child_columns]
        equal = sql.SQL(" AND ").join(
            sql.SQL("parent.{} {} {}").format(sql.Identifier(name), _verbatim(operator), value)
            for name, operator, value in zip(key.parent_columns, key.operators, child, strict=True)
        )
        question = sql.SQL(
            "SELECT DISTINCT {} FROM {} AS child WHERE {}"
            " AND NOT EXISTS (SELECT FROM {} AS parent WHERE {})"
        ).format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(value) for value in child),
            sql.Identifier(key.child_schema, key.child),
            sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(value) for value in child),
            sql.Identifier(key.parent_schema, key.parent),
            equal,
        )
        found = self.copy.execute(question).fetchall()
        for start in range(0, len(found), _KEYS_AT_ONCE):
            yield found[start : start + _KEYS_AT_ONCE]

    def _partitioned(self, key: Reference) -> Table:
        """The parent, where it is partitioned: its rows are its partitions'."""
        columns = self.copy.execute(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            (sql.Identifier(key.parent_schema, key.parent).as_string(),),
        ).fetchall()
        return Table(key.parent_schema, key.parent, -1, [name for (name,) in columns], ())


def _verbatim(text: str) -> sql.SQL:
    """What the server itself has written as SQL: a type or an operator."""
    return sql.SQL(text)  # not the user's, and quoted by the server
