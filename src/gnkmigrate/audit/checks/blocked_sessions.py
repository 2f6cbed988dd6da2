"""Sessions that wait for somebody else's lock.

Waiting is normal for moments. Who has waited for ten seconds makes others wait behind, for a
waiting request stands in the way of later ones.

Sources: PostgreSQL manual, 13.3 (explicit locking), 9.27 (pg_blocking_pids); pg_stat_activity.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, listed
from gnkmigrate.audit.checks._sessions import duration
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

SECONDS = 10


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    rows = answers(connection, question, "blocked_sessions", seconds=SECONDS)
    if rows:
        waiting = "One session waits" if len(rows) == 1 else f"{len(rows):,} sessions wait"
        yield Observation(
            DatabaseObject(),
            f"{waiting} for locks that others hold, since {duration(rows[0].seconds)}.",
            evidence={
                "waiting": listed(
                    f"process {row.pid}, role {row.role}, for {duration(row.seconds)}, behind "
                    f"{', '.join(row.blockers)}"
                    for row in rows
                )
            },
        )


CHECK = ServerCheck(
    id="GNK-O003",
    slug="blocked-sessions",
    title="Nobody waits for a lock for long",
    category="operations",
    severity=Severity.MEDIUM,
    impact="Users wait, and their connections are used up.",
    recommendation="Look at what the first in the row is doing; set lock_timeout for whoever "
    "changes the schema.",
    roles=("pg_monitor",),
    find=find,
)
