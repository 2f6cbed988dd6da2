"""How many rows each table holds: counted where that is cheap, else as the planner estimates."""

from collections.abc import Iterable, Mapping

from psycopg import sql

from gnkmigrate.audit.result import TableSize
from gnkmigrate.audit.row_query import Bounds, bounded
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

# Tables up to this size are counted, at most this many of them in the one statement.
_COUNTED_BYTES = 8 * 1024 * 1024
_COUNTED_TABLES = 500

_COUNT = sql.SQL("SELECT {schema}, {table}, count(*) FROM ONLY {relation}")

Table = tuple[str, str]


def read_sizes(connection: Connection, live: Snapshot, bounds: Bounds) -> Mapping[Table, TableSize]:
    """The rows of every table of the snapshot, by two queries.

    Raises:
        psycopg.Error: they could not be read in time.
    """
    tables = {fact.identity.path for fact in live.of_kind("table")}
    schemas = sorted({path[0] for path in tables})
    with bounded(connection, bounds):
        rows = connection.execute(
            query("audit", "sizes"), {"bytes": _COUNTED_BYTES, "schemas": schemas}
        ).fetchall()
        estimates = {(row[0], row[1]): int(row[2]) for row in rows if (row[0], row[1]) in tables}
        countable = [
            (row[0], row[1])
            for row in rows
            if row[3] and (row[0], row[1]) in tables and row[1] not in bounds.avoided
        ]
        counted = _count(connection, countable[:_COUNTED_TABLES])
    return {
        table: TableSize(counted.get(table, estimate), exact=table in counted)
        for table, estimate in estimates.items()
    }


def _count(connection: Connection, tables: Iterable[Table]) -> dict[Table, int]:
    parts = [
        _COUNT.format(
            schema=sql.Literal(schema),
            table=sql.Literal(table),
            relation=sql.Identifier(schema, table),
        )
        for schema, table in tables
    ]
    if not parts:
        return {}
    rows = connection.execute(sql.SQL("\nUNION ALL ").join(parts)).fetchall()
    return {(row[0], row[1]): int(row[2]) for row in rows}
