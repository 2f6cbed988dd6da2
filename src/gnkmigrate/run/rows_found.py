"""Whether there are rows that something would stop at."""

from collections.abc import Iterable, Iterator

from gnkmigrate.connection import Connection
from gnkmigrate.kinds.statement import Rows
from gnkmigrate.postgres.quoting import identifier

_READABLE = """
SELECT relation FROM unnest(%s::text[]) AS relation
WHERE
    has_table_privilege(to_regclass(relation), 'SELECT')
    AND NOT row_security_active(to_regclass(relation)::oid)
"""


def rows_found(connection: Connection, asked: Iterable[Rows]) -> Iterator[Rows]:
    """Those that a table holds itself, as far as the role may see."""
    asked = tuple(asked)
    tables = list({table for table, _ in asked})
    readable = {table for (table,) in connection.execute(_READABLE, (tables,)).fetchall()}
    for table, columns in asked:
        if table not in readable:
            continue
        filled = " AND ".join(f"{identifier(each)} IS NOT NULL" for each in columns)
        where = f" WHERE {filled}" if filled else ""
        query = f"SELECT EXISTS (SELECT FROM ONLY {table}{where})"
        if connection.execute(query.encode()).fetchone() == (True,):
            yield table, columns
