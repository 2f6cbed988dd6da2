"""Standbys that are far behind.

What a standby has not received is lost when the primary is; what it has not replayed, its readers
do not see. 64 MB of WAL and more is far for one that is connected.

Sources: PostgreSQL manual, 28.2.4 (pg_stat_replication).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

BYTES = 64 * 1024 * 1024


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "replication_lag", bytes=BYTES):
        yield Observation(
            DatabaseObject("", "", row.standby, "standby"),
            f"Standby {row.standby} has {row.size} of WAL still to replay.",
            evidence={
                "not received": row.unsent,
                "state": row.state,
                "replay lag": str(row.lag) if row.lag is not None else "unknown",
            },
        )


CHECK = ServerCheck(
    id="GNK-O007",
    slug="replication-lag",
    title="Standbys keep up",
    category="operations",
    severity=Severity.MEDIUM,
    impact="Readers of the standby see old rows, and a failover takes longer or loses some.",
    recommendation="Look for long queries on the standby that hold replay back, for a slow "
    "network, and for a primary that writes more than the standby's disk takes.",
    roles=("pg_monitor",),
    find=find,
)
