"""Transactions that have been open for an hour and more.

While one runs, VACUUM in the whole database keeps every row version that it might still see, and
its locks stay. Backups and reports take their time; an hour is worth a look. Idle ones are another
check's as well.

Sources: PostgreSQL manual, 24.1.2 (recovering disk space); pg_stat_activity.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, listed
from gnkmigrate.audit.checks._sessions import described, duration
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

SECONDS = 3600
DAY = 86400


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    rows = answers(connection, question, "long_transactions", seconds=SECONDS)
    if rows:
        one = len(rows) == 1
        yield Observation(
            DatabaseObject(),
            f"{'One transaction has' if one else f'{len(rows):,} transactions have'} been open "
            f"for long, {'for' if one else 'the longest for'} {duration(rows[0].seconds)}.",
            evidence={"sessions": listed(map(described, rows))},
            severity=Severity.MEDIUM if rows[0].seconds >= DAY else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-O002",
    slug="long-transactions",
    title="No transaction has been open for an hour",
    category="operations",
    severity=Severity.LOW,
    impact="VACUUM cannot clear anything away that it might still see, and its locks stay.",
    recommendation="Let reports run on a standby, split long work into several transactions, and "
    "set statement_timeout for the application's role.",
    roles=("pg_monitor",),
    find=find,
)
