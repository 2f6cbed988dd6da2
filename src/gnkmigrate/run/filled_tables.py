"""Which tables hold rows."""

from collections.abc import Iterable, Iterator

from gnkmigrate.connection import Connection

_READABLE = """
SELECT relation FROM unnest(%s::text[]) AS relation
WHERE
    has_table_privilege(to_regclass(relation), 'SELECT')
    AND NOT row_security_active(to_regclass(relation)::oid)
"""


def filled_tables(connection: Connection, tables: Iterable[str]) -> Iterator[str]:
    """Those of `tables`, quoted names, that hold rows themselves, as far as the role may see."""
    for (table,) in connection.execute(_READABLE, (list(tables),)).fetchall():
        asked = f"SELECT EXISTS (SELECT FROM ONLY {table})"
        if connection.execute(asked.encode()).fetchone() == (True,):
            yield table
