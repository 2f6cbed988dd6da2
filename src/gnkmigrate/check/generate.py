"""A few rows for every table, made from the types of its columns.

The same each time: a row is known by its number, so that two runs can be compared. Values differ
from column to column and from row to row, so that one in the place of another is seen; whatever
may be NULL is NULL now and then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.names import literal

# Text gets quotes, a backslash and letters outside of ASCII, the number first: a short column
# keeps that.
_TEXT = "{row} || ' ' || {column} || ' ''\"\\ żółć'"
_MOMENT = "timestamp '2025-01-15 08:30:00.125' + {row} * interval '41 days 7 hours 11 minutes'"
_NUMBER = "{row} + length({column})"

# By the names that pg_type has for them (PostgreSQL manual, chapter 8).
_VALUES: Mapping[str, str] = {
    "bool": "{row} % 2 = 1",
    "int2": _NUMBER,
    "int4": _NUMBER,
    "int8": _NUMBER,
    "float4": "{row} + 0.25",
    "float8": "{row} + 0.25",
    "numeric": "{row} / 16.0",
    "money": "{row}",
    "text": _TEXT,
    "varchar": _TEXT,
    "bpchar": _TEXT,
    "citext": _TEXT,
    "name": _TEXT,
    "uuid": "md5({table} || {column} || {row})::uuid",
    "date": f"({_MOMENT})::date",
    "time": f"({_MOMENT})::time",
    "timetz": f"({_MOMENT})::time",
    "timestamp": _MOMENT,
    "timestamptz": f"({_MOMENT}) AT TIME ZONE 'UTC'",
    "interval": "{row} * interval '1 day 1 hour'",
    "json": "json_build_object('row', {row})",
    "jsonb": "jsonb_build_object('row', {row})",
    "bytea": "decode(md5({column} || {row}), 'hex')",
    "inet": "'10.0.0.0'::inet + {row}",
    "cidr": "set_masklen('10.0.0.0'::cidr + {row}, 32)",
}
_LENGTH_LIMITED = frozenset({"varchar", "bpchar"})
_LENGTH_OFFSET = 4  # a varchar's type modifier is its length and this
_NULL_EVERY = 4

ROWS = 8  # of each table, unless somebody wants others


@dataclass(frozen=True)
class _Column:
    schema: str
    relation: str
    column: str
    type: str
    modifier: int
    not_null: bool
    has_default: bool
    gives_itself: bool
    labels: Sequence[str]
    referenced_schema: str | None
    referenced_relation: str | None
    referenced_column: str | None
    referenced_columns: Sequence[str] | None

    @property
    def table(self) -> tuple[str, str]:
        return self.schema, self.relation

    @property
    def needs(self) -> tuple[str, str] | None:
        if self.referenced_schema is None or self.referenced_relation is None:
            return None
        return self.referenced_schema, self.referenced_relation


@dataclass(frozen=True)
class Generated:
    """What came of making rows.

    Attributes:
        rows: how many there are now.
        tables: in how many tables.
        refused: tables that took none, with PostgreSQL's reason, a line each.
    """

    rows: int
    tables: int
    refused: tuple[str, ...]


def generate(
    connection: Connection, schemas: Sequence[str], ignore: Sequence[str], rows: int
) -> Generated:
    """Adds rows to every table of the schemas.

    A row that PostgreSQL refuses, because of a CHECK, say, is tried once more with nothing but
    what must be given.

    Args:
        connection: a session in autocommit.
        schemas: the project's.
        ignore: patterns of tables that get none, "schema.name".
        rows: how many each table gets at most.
    """
    counts: dict[tuple[str, str], int] = {}
    refused = []
    for columns in _in_order(_columns(connection, schemas, ignore)):
        table = columns[0].table
        problem = ""
        counts[table] = 0
        for row in range(1, rows + 1):
            problem = _insert(connection, table, columns, row)
            if problem:
                least = [each for each in columns if each.not_null and not each.has_default]
                problem = _insert(connection, table, least, row) and problem
            counts[table] += not problem
        if not counts[table]:
            refused.append(f"{'.'.join(table)}: {problem}")
    filled = [count for count in counts.values() if count]
    return Generated(sum(filled), len(filled), tuple(refused))


def _columns(
    connection: Connection, schemas: Sequence[str], ignore: Sequence[str]
) -> Sequence[Sequence[_Column]]:
    with connection.cursor(row_factory=class_row(_Column)) as cursor:
        found = cursor.execute(query("check", "columns"), {"schemas": list(schemas)}).fetchall()
    tables = [list(columns) for _, columns in groupby(found, key=lambda column: column.table)]
    return [
        columns
        for columns in tables
        if not any(fnmatchcase(".".join(columns[0].table), pattern) for pattern in ignore)
    ]


def _in_order(tables: Sequence[Sequence[_Column]]) -> Sequence[Sequence[_Column]]:
    """Each table after those that it refers to, as far as they do not go round in circles."""
    left = {columns[0].table: columns for columns in tables}
    ordered = []
    while left:
        ready = [
            table
            for table, columns in left.items()
            if not any(column.needs in left and column.needs != table for column in columns)
        ]
        ordered += [left.pop(table) for table in ready or list(left)[:1]]
    return ordered


def _insert(
    connection: Connection, table: tuple[str, str], columns: Sequence[_Column], row: int
) -> str:
    """Adds one row; gives PostgreSQL's reason where it refuses, else ""."""
    given = [column for column in columns if not column.gives_itself]
    values = "DEFAULT VALUES"
    if given:
        names = ", ".join(_identifier(column.column) for column in given)
        values = f"({names}) VALUES ({', '.join(_value(column, row) for column in given)})"
    statement = f"INSERT INTO {_identifier(*table)} {values}"
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.Error as error:
        return error.diag.message_primary or str(error)
    return ""


def _value(column: _Column, row: int) -> str:
    """The value of a column in a row, as SQL."""
    if not column.not_null and (row + len(column.column)) % _NULL_EVERY == 0:
        return "NULL"
    if column.needs and column.referenced_column:
        # The nth row refers to the nth, so that what must be unique is.
        order = ", ".join(map(_identifier, column.referenced_columns or ()))
        return (
            f"(SELECT {_identifier(column.referenced_column)} FROM {_identifier(*column.needs)}"  # noqa: S608 - quoted
            f" ORDER BY {order} OFFSET {row - 1} LIMIT 1)"
        )
    return _by_type(column, row)


def _by_type(column: _Column, row: int) -> str:
    if column.labels:
        return literal(column.labels[(row - 1) % len(column.labels)])
    if column.type.startswith("_"):  # an array
        return "'{}'"
    template = _VALUES.get(column.type)
    if template is None:
        return "DEFAULT"
    text = template.format(
        row=row, column=literal(column.column), table=literal(".".join(column.table))
    )
    if column.type in _LENGTH_LIMITED and column.modifier > _LENGTH_OFFSET:
        return f"left({text}, {column.modifier - _LENGTH_OFFSET})"
    return text


def _identifier(*parts: str) -> str:
    return sql.Identifier(*parts).as_string()
