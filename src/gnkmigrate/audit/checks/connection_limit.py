"""Connections that are nearly used up.

Beyond max_connections, or the limit of a database or role, new connections are refused. At four
fifths somebody should know what uses them: mostly a pool that is too large, or many small ones.

Sources: PostgreSQL manual, 20.3.1 (max_connections), ALTER DATABASE, ALTER ROLE (CONNECTION LIMIT);
pg_stat_activity.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

SHARE = 80  # percent
SEVERE = 95


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "connection_limit", share=SHARE):
        yield Observation(
            DatabaseObject(),
            f"{row.used:,} of {row.allowed:,} connections of {row.whose} are in use.",
            subject=row.whose,
            severity=Severity.HIGH if row.used * 100 >= row.allowed * SEVERE else Severity.MEDIUM,
        )


CHECK = ServerCheck(
    id="GNK-O004",
    slug="connection-limit",
    title="There are connections left",
    category="operations",
    severity=Severity.MEDIUM,
    impact="At the limit, users and whoever wants to help are refused.",
    recommendation="Put a pooler such as PgBouncer in between, or make the application's pools "
    "smaller.",
    find=find,
)
