"""Which row, and which trigger, made a batch fail: what the user has to know to mend it."""

import re
from collections.abc import Callable

import psycopg

from gnkmigrate.run.batches.key_range import KeyRange, Keys, Place
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.work import Work

# Classes of SQLSTATE that say nothing about a row: connection, transaction state, rollback,
# syntax and privileges, resources, limits, state, intervention, system, internal
# (PostgreSQL manual, appendix A).
_NOT_A_ROW = {"08", "25", "40", "42", "53", "54", "55", "57", "58", "XX"}

# A function in the context of an error, such as "public.stamp()".
_FUNCTION = re.compile(r'(?:[\w$]+|"(?:[^"]|"")+")(?=\(\))')

_TRIGGERS = """
SELECT format('trigger %I of %s', tgname, tgrelid::regclass), tgrelid = {table}::regclass
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND quote_ident(proname) IN ({functions})
ORDER BY 2 DESC, 1
"""


def name_failing_row(
    work: Work,
    error: psycopg.Error,
    keys: Keys,
    batch: KeyRange,
    repeat: Callable[[KeyRange], object],
) -> None:
    """Adds to an error, as notes, the first row that fails by itself and the trigger at fault.

    Args:
        work: the session; the failed batch has been rolled back.
        error: what PostgreSQL said.
        keys: what is walked.
        batch: the rows that failed together.
        repeat: does the batch's work on some of them; what it changes is rolled back.
    """
    if work.connection.closed:
        return
    for trigger in _triggers(work, error, keys.table):
        error.add_note(trigger)
    if (error.sqlstate or "XX")[:2] not in _NOT_A_ROW:
        key = _first_failing(work, keys, batch, repeat)
        if key is not None:
            found = zip(keys.columns, key, strict=True)
            error.add_note(f"row of {keys.table}: " + ", ".join(f"{x} = {y}" for x, y in found))


def _triggers(work: Work, error: psycopg.Error, table: str) -> list[str]:
    functions = set(_FUNCTION.findall(error.diag.context or ""))
    if not functions:
        return []
    listed = ", ".join(literal(function) for function in functions)
    query = _TRIGGERS.format(table=literal(quoted(table)), functions=listed)
    found = work.connection.execute(query.encode()).fetchall()
    # Several tables may share one function; that of the table itself is meant, if there is one.
    return [name for name, own in found if own == found[0][1]]


def _first_failing(
    work: Work, keys: Keys, batch: KeyRange, repeat: Callable[[KeyRange], object]
) -> Place | None:
    """The key of a row that fails alone, by halves; None where all went well this time."""
    while batch.rows > 1:
        half = keys.batch(work, batch, batch.rows // 2)
        if half is None:
            break
        rest = KeyRange(half.end, batch.end, batch.rows - half.rows)
        batch = half if _fails(work, half, repeat) else rest
    return batch.end if _fails(work, batch, repeat) else None


def _fails(work: Work, batch: KeyRange, repeat: Callable[[KeyRange], object]) -> bool:
    try:
        with work.connection.transaction(force_rollback=True):
            limit = round(work.limits.statement_timeout_s * 1000)
            work.connection.execute(f"SET LOCAL statement_timeout = {limit}".encode())
            repeat(batch)
    except psycopg.Error as error:
        if work.connection.closed:
            raise
        return (error.sqlstate or "XX")[:2] not in _NOT_A_ROW
    return False
