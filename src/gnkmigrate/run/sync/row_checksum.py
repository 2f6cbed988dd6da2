"""Whether two queries give the same rows: their checksums, one range of keys after another.

Asked before a new shape takes the old one's place, while triggers keep both in step. The checksum
of a range is the number of its rows together with the sum of their hashes, which no order changes
and which two equal rows do not cancel out of. Both sides are asked in one statement of a
transaction that sees one moment. Nothing here is shared with what has filled the new shape, so
that a mistake there is seen.
"""

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import events, journal_notes
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.pace import Pace
from gnkmigrate.run.batches.progress import Progress
from gnkmigrate.run.batches.row_key import Columns, listed
from gnkmigrate.run.called import called
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync import differing_rows, type_operators
from gnkmigrate.run.sync.differing_rows import COMPARED
from gnkmigrate.run.sync.type_operators import Order
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

# The values of a key's columns, as PostgreSQL prints them.
_Place: TypeAlias = tuple[str, ...]

_NOTE_EVERY_S = 1.0
# A range holds nobody up. It has so many rows as were compared before it, divided by this: where an
# index is missing, so that each of them reads all old rows, there are a hundred ranges and no more.
_SHARE = 16
_MOST_ROWS = 100_000

_CHECKSUM = f"""
SELECT count(*) AS rows,
       coalesce(sum(hashtextextended(ROW({COMPARED}.*)::text, 0)::numeric), 0) AS hashes
FROM ({{query}}) AS {COMPARED} WHERE {{condition}}
"""
_ESTIMATE = """
SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class WHERE oid = {table}::regclass
"""


@dataclass(frozen=True)
class Comparison:
    """Two queries that have to give the same rows.

    Attributes:
        table: "schema.table" that has the new rows.
        expected: a SELECT of what they are to be, from the old ones.
        actual: a SELECT of what they are, with the same columns in the same order.
        key: columns of both, along which they are compared; they had better tell rows apart. None
            where all are compared at once.
        hint: what else to do where they differ.
        orders: by which the key's columns are compared, once they are looked up.
    """

    table: str
    expected: str
    actual: str
    key: Columns
    hint: str = ""
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True)
class _Range:
    """The half-open range of keys (after, end], or all of them behind `after` for want of an end.

    The last one also has the rows without a key, which no other has.
    """

    after: _Place | None = None
    end: _Place | None = None

    def condition(self, comparison: Comparison) -> str:
        row, orders = [f"{COMPARED}.{column(name)}" for name in comparison.key], comparison.orders
        begins = "true"
        if self.after:
            begins = row_key.is_beyond(row, list(map(literal, self.after)), orders)
        if self.end is not None:
            return f"{begins} AND {row_key.is_within(row, list(map(literal, self.end)), orders)}"
        return " OR ".join((begins, *(f"{value} IS NULL" for value in row)))


def require_agreement(step: Step, work: Work) -> None:
    """Compares all that a step wants compared before it runs.

    Raises:
        PhaseFailed: rows disagree; the message has the first of them.
    """
    started = time.monotonic()
    comparisons = step.comparisons(work)
    rows = sum(_rows_compared(comparison, work) for comparison in comparisons)
    if comparisons:
        seconds = round(time.monotonic() - started, 3)
        work.observe(events.Compared(work.phase, work.step, rows, seconds))


def _rows_compared(comparison: Comparison, work: Work) -> int:
    expected, actual = (
        render(query, work.parameters) for query in (comparison.expected, comparison.actual)
    )
    asked = replace(comparison, expected=expected, actual=actual)
    if work.atomic:
        return _asked(asked, _Range(), work)
    key = f"SELECT {listed(asked.key, COMPARED)} FROM ({actual}) AS {COMPARED}"
    return _walked(replace(asked, orders=type_operators.orders_of(work, key)), work)


def _walked(comparison: Comparison, work: Work) -> int:
    """Compares all ranges, at the pace of a backfill, and gives the number of new rows."""
    total = int(work.value(_ESTIMATE.format(table=literal(quoted(comparison.table)))))
    progress, pace, rows = Progress(total, 0), Pace(work), 0
    noted = time.monotonic()
    left: _Range | None = _Range()
    while left is not None:
        started = time.monotonic()
        size = max(work.limits.batch_rows, min(rows // _SHARE, _MOST_ROWS))
        asked = partial(_first_asked, comparison, left, size, work)
        end, found = work.attempt(asked, limited=False)
        rows += found
        progress.add(work, found, 0)
        left = None if end is None else _Range(after=end)
        if left is None or time.monotonic() - noted >= _NOTE_EVERY_S:
            noted = time.monotonic()
            note = {"step": work.step, "rows": rows, "total": total, "agreed": left is None}
            journal_notes.note_comparison(work.connection, work.phase, note)
        if left is not None:
            pace.after_batch(size, time.monotonic() - started)
    return rows


def _first_asked(
    comparison: Comparison, within: _Range, size: int, work: Work
) -> tuple[_Place | None, int]:
    """Compares about so many rows of a range; gives where they end, and how many they were."""
    work.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    end = _end(comparison, within, size, work) if comparison.key else None
    return end, _asked(comparison, _Range(within.after, end), work)


def _end(comparison: Comparison, within: _Range, size: int, work: Work) -> _Place | None:
    key, names = comparison.key, listed(comparison.key, COMPARED)
    texts = ", ".join(f"{COMPARED}.{column(name)}::text" for name in key)
    row = work.connection.execute(
        f"SELECT {texts} FROM (SELECT {names} FROM ({comparison.actual}) AS {COMPARED}"
        f" WHERE {within.condition(comparison)} ORDER BY {names} OFFSET {size - 1} LIMIT 1)"
        f" AS {COMPARED}".encode()
    ).fetchone()
    return None if row is None or None in row else row


def _asked(comparison: Comparison, within: _Range, work: Work) -> int:
    """Compares a range; gives the number of its new rows.

    Raises:
        PhaseFailed: rows disagree.
    """
    condition = within.condition(comparison)
    expected, actual = (
        _CHECKSUM.format(query=query, condition=condition)
        for query in (comparison.expected, comparison.actual)
    )
    ((rows, agree),) = work.connection.execute(
        "SELECT actual.rows, (expected.rows, expected.hashes) = (actual.rows, actual.hashes)"
        f" FROM ({expected}) AS expected, ({actual}) AS actual".encode()
    ).fetchall()
    if agree:
        return int(rows)
    raise PhaseFailed(
        f'{called(work.phase)}, step "{work.step}": the new rows of {comparison.table} are not'
        " what the old ones say. The old shape is still in its place, and nothing is lost.",
        details=differing_rows.shown(
            work, (comparison.expected, comparison.actual), comparison.key, condition
        ),
        hint="Correct the new rows, or the old ones, and run the same command again, which "
        f"compares anew; or take the phase back: gnkmigrate downgrade --phase {work.phase}"
        + (f". {comparison.hint}" if comparison.hint else ""),
    )
