"""A sequence that is running out of numbers, or whose column is.

A sequence of the type bigint helps nothing where its column is an integer: then the column's limit
is the end. Counted is how much of the way from the first number to the last is used, and when the
rest is gone at the present rate. That rate is what the sequence has given since the oldest report
about this database in audits/ that is between a day and 90 days old (where all are older, the
newest); without one, it is that of the rows inserted since the database's statistics began, where
that is a week ago or more: a restore counts as well. The finding says which. Sequences that end
within a year are found whatever they have used; those that begin anew at their end are left out.

Sources: PostgreSQL manual, CREATE SEQUENCE, 8.1.4 (serial types); pg_sequence, pg_depend,
pg_stat_user_tables, pg_stat_database (stats_reset).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, some
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.audit.trend import PastNumbers
from gnkmigrate.postgres.connection import Connection

SHARE = 50  # percent of the numbers used
SEVERE = 80
DIRE = 95
SOON, VERY_SOON = 365, 90  # days
LEAST = timedelta(days=1)  # of a kept report, before there is a rate
COUNTED = timedelta(days=7)  # of statistics
RECENT = timedelta(days=90)
_CENTURY = 36525  # days; beyond it is no date
_DAY_S = 24 * 60 * 60


@dataclass(frozen=True)
class Rate:
    """How fast a sequence gives numbers.

    Attributes:
        a_day: how many a day.
        since: of what time that is the rate, and who knows.
    """

    a_day: float
    since: str


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    rows, found = answers(connection, question, "sequence_near_end"), False
    for row in rows:
        last = question.numbers.get((row.schema, row.sequence))
        if last is not None:
            rate = kept_rate(row, last, question.past) or _counted_rate(row)
            share = 100 * abs(last - row.start) // max(abs(row.end - row.start), 1)
            days = abs(row.end - last) / rate.a_day if rate and rate.a_day else _CENTURY
            if share >= SHARE or days <= SOON:
                found = True
                yield _observed(
                    row, last, share, rate if days < _CENTURY else None, question.default_schema
                )
    closed = [f"{row.schema}.{row.sequence}" for row in rows if not row.readable]
    if closed and not found:
        raise CannotRun(f"the role may not read {some(closed)}")


def _observed(row: Any, last: int, share: int, rate: Rate | None, home: str) -> Observation:
    days = None if rate is None else abs(row.end - last) / rate.a_day
    ends = ""
    if rate is not None and days is not None:
        day = (row.now + timedelta(days=days)).date()
        ends = f", and ends about {day} at the rate {rate.since}"
    about = DatabaseObject(row.schema, "", row.sequence, "sequence")
    return Observation(
        about,
        f"Sequence {about.label(home)} has used {share} of 100 of its numbers{ends}.",
        evidence={
            "last number": last,
            "the end": row.end,
            "column": row.column or "none",
            **({} if rate is None else {"numbers a day": f"{rate.a_day:,.0f}"}),
        },
        severity=_severity(share, days),
    )


def kept_rate(row: Any, last: int, past: Sequence[PastNumbers]) -> Rate | None:
    """By what a kept report says; None where none knows, or the sequence has gone back since."""
    key = (row.schema, row.sequence)
    known = [each for each in past if key in each.last and row.now - each.time >= LEAST]
    recent = [each for each in known if row.now - each.time <= RECENT]
    base = min(recent, key=_time) if recent else max(known, key=_time, default=None)
    if base is None:
        return None
    given = (last - base.last[key]) * (1 if row.increment > 0 else -1)
    days = (row.now - base.time) / timedelta(days=1)
    return Rate(given / days, f"since the report {base.name}") if given >= 0 else None


def _time(past: PastNumbers) -> datetime:
    return past.time


def _counted_rate(row: Any) -> Rate | None:
    """By the server's statistics."""
    if not row.inserted or row.since is None or row.now - row.since < COUNTED:
        return None
    seconds = max((row.now - row.since).total_seconds(), 1)
    a_day = float(row.inserted) * abs(row.increment) / seconds * _DAY_S
    return Rate(a_day, f"of the rows inserted since {row.since.date()}")


def _severity(share: int, days: float | None) -> Severity:
    if share >= DIRE:
        return Severity.CRITICAL
    soon = days is not None and days <= VERY_SOON
    return Severity.HIGH if share >= SEVERE or soon else Severity.MEDIUM


CHECK = ServerCheck(
    id="GNK-O010",
    slug="sequence-near-end",
    title="No sequence has used half of its numbers",
    category="operations",
    severity=Severity.MEDIUM,
    impact="At its end every INSERT that takes a number fails.",
    recommendation="Make the column, every column that refers to it, and the sequence bigint "
    "before it is urgent.",
    privileges=("USAGE or SELECT on the sequences",),
    find=find,
)
