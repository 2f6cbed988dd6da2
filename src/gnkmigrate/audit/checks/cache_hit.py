"""A database whose blocks are seldom found in PostgreSQL's own cache.

Blocks that are not in shared_buffers come from the operating system, from its cache or from the
disk; PostgreSQL cannot tell which. A low share over many blocks mostly means that shared_buffers is
smaller than what is in constant use, or that statements read far more than they need.

Sources: PostgreSQL manual, 20.4.1 (shared_buffers), 28.2.17 (pg_stat_database).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

BLOCKS = 100_000  # read from outside, so that a server that has just started is not blamed
SHARE = 90  # percent that should be found


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "cache_hit", blocks=BLOCKS, share=SHARE):
        yield Observation(
            DatabaseObject(),
            f"Only {row.share} of 100 blocks are found in PostgreSQL's cache.",
            evidence={
                "found": row.found,
                "read from outside": row.read,
                "shared_buffers": row.shared_buffers,
                "size of the database": row.size,
            },
        )


CHECK = ServerCheck(
    id="GNK-P002",
    slug="cache-hit",
    title="Most blocks are found in the cache",
    category="performance",
    severity=Severity.LOW,
    impact="Statements wait for the operating system or the disk.",
    recommendation="Look for statements that read too much first (sequential-scans, "
    "slow-statements), then consider more shared_buffers.",
    find=find,
)
