"""Sessions that have begun a transaction and do nothing in it.

They keep their locks, and VACUUM from clearing away anything that they might still see. Mostly an
application has lost a connection out of sight, or waits for a user or another service in the
middle of a transaction.

Sources: PostgreSQL manual, 20.11 (idle_in_transaction_session_timeout); pg_stat_activity.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, listed
from gnkmigrate.audit.checks._sessions import described, duration
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

SECONDS = 300


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    rows = answers(connection, question, "idle_in_transaction", seconds=SECONDS)
    if rows:
        one = len(rows) == 1
        yield Observation(
            DatabaseObject(),
            f"{'One session does' if one else f'{len(rows):,} sessions do'} nothing in an open "
            f"transaction, {'for' if one else 'the longest for'} {duration(rows[0].seconds)}.",
            evidence={"sessions": listed(map(described, rows))},
        )


CHECK = ServerCheck(
    id="GNK-O001",
    slug="idle-in-transaction",
    title="No session sits idle in a transaction",
    category="operations",
    severity=Severity.MEDIUM,
    impact="Its locks stop others, and VACUUM cannot clear anything away that it might still see.",
    recommendation="Fix the application, and set idle_in_transaction_session_timeout for its role.",
    roles=("pg_monitor",),
    find=find,
)
