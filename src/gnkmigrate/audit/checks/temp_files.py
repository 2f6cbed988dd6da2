"""Statements that spill to disk because work_mem is too small for them.

Sorts and hashes that do not fit into work_mem go through temporary files. Now and then is as it
should be; 100 MB a day and more, since statistics were last reset, means that something does it
regularly.

Sources: PostgreSQL manual, 20.4.1 (work_mem), 28.2.17 (pg_stat_database).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answer
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

BYTES_A_DAY = 100 * 1024 * 1024


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    row = answer(connection, question, "temp_files")
    if row.days is None and row.bytes >= BYTES_A_DAY:
        raise CannotRun(
            "statistics have never been reset, so that nobody knows in how many days the "
            f"{row.size} of temporary files were written"
        )
    if row.bytes >= BYTES_A_DAY * max(row.days or 0, 1):
        yield Observation(
            DatabaseObject(),
            f"Statements have written {row.size} to {row.files:,} temporary files.",
            evidence={"in days": max(int(row.days or 0), 1), "work_mem": row.work_mem},
        )


CHECK = ServerCheck(
    id="GNK-P009",
    slug="temp-files",
    title="Statements seldom need temporary files",
    category="performance",
    severity=Severity.LOW,
    impact="Such statements are slower, and fill the disk when several run at once.",
    recommendation="Find them (log_temp_files), and give their role or function more work_mem; "
    "or an index that spares the sort.",
    find=find,
)
