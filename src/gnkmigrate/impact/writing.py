"""What an index adds to the writing of a row, measured on a copy.

Rows of the table are deleted and inserted again, once with the index and once without it, each in a
transaction that is rolled back. Triggers and foreign keys are off meanwhile, those as well that
fire always, as ours do that keep an old shape: what is measured is the table and its indexes.
"""

import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.runner_session import pathless

ROWS = 2_000
_RUNS = 3

_COLUMNS = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
_PLACES = "SELECT array_agg(ctid)::text FROM (SELECT ctid FROM {} LIMIT %s) AS place"
_AGAIN = """
WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (%s::tid[]) RETURNING {columns})
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM gone
"""


def write_cost(session: Connection, table: sql.Identifier, index: sql.Identifier) -> float | None:
    """Microseconds that the index adds to a row; None where the table is empty, or is not let.

    Args:
        session: a superuser's, in autocommit, with a copy that nobody else uses.
        table: qualified.
        index: qualified, and of no constraint.
    """
    name = table.as_string(session)
    with pathless(session):
        columns = [row[0] for row in session.execute(_COLUMNS, [name]).fetchall()]
    row = session.execute(sql.SQL(_PLACES).format(table), [ROWS]).fetchone()
    places = row[0] if row else None
    if not places:
        return None
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    again = sql.SQL(_AGAIN).format(table=table, columns=listed)
    try:
        quiet = sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(table)
        with_it = _seconds(session, again, places, (quiet,))
        less = sql.SQL("DROP INDEX {}").format(index)
        without = _seconds(session, again, places, (quiet, less))
    except psycopg.Error:  # a rule does not let it
        return None
    return max(with_it - without, 0.0) / len(places) * 1_000_000


def _seconds(
    session: Connection, again: sql.Composed, places: str, before: Sequence[sql.Composed]
) -> float:
    """The least of some runs: what else the machine does only ever adds."""
    found = []
    for _ in range(_RUNS):
        with session.transaction(force_rollback=True):
            for statement in before:
                session.execute(statement)
            started = time.perf_counter()
            session.execute(again, [places])
            found.append(time.perf_counter() - started)
    return min(found)
