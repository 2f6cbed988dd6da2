"""Whether there are rows that a plan would stop at, asked beforehand."""

from collections.abc import Iterable, Iterator

from gnkmigrate.kinds.statement import Rows, Statement, least
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, listing

HINT = (
    "Give a new column a default in the target that fits in every row, write a revision that takes "
    "the rows along, or remove them."
)

_READABLE = """
SELECT relation FROM unnest(%s::text[]) AS relation
WHERE
    has_table_privilege(to_regclass(relation), 'SELECT')
    AND NOT row_security_active(to_regclass(relation)::oid)
"""


def rows_in_the_way(connection: Connection, statements: Iterable[Statement]) -> list[str]:
    """What such rows hold, and which statement stops there, as far as the role may see them."""
    reasons = {rows: each.reason for each in statements for rows in each.stops_at}
    return [f"{_in_words(rows)} {reasons[rows]}" for rows in _found(connection, reasons)]


def _found(connection: Connection, asked: Iterable[Rows]) -> Iterator[Rows]:
    """Those that a table holds itself."""
    asked = tuple(asked)
    tables = list({rows[0] for rows in asked})
    readable = {table for (table,) in connection.execute(_READABLE, (tables,)).fetchall()}
    for rows in asked:
        table, columns = rows[:2]
        if table not in readable:
            continue
        filled = " AND ".join(f"{identifier(each)} IS NOT NULL" for each in columns)
        where = f" WHERE {filled}" if filled else ""
        query = f"SELECT EXISTS (SELECT FROM ONLY {table}{where} OFFSET {least(rows) - 1})"
        if connection.execute(query.encode()).fetchone() == (True,):
            yield rows


def _in_words(rows: Rows) -> str:
    table, columns = rows[:2]
    if columns:
        return f"{table} has values in {listing(columns)}."
    return f"{table} holds rows." if least(rows) == 1 else f"{table} holds more than one row."
