"""WAL that is not archived, so that there is no going back to a point in time.

Where archive_mode is on, every finished WAL segment must be archived: when it fails, segments pile
up on the server's disk, and the backups made since cannot be restored up to today. Without
archive_mode the server shows nothing of the backups that may be made in other ways (pg_dump,
pg_receivewal, snapshots of the disk), and the check does not run.

Sources: PostgreSQL manual, 26.3 (continuous archiving), 28.2.12 (pg_stat_archiver).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answer
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

HOURS = 24


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    row = answer(connection, question, "wal_archiving", hours=HOURS)
    if row.mode == "off":
        raise CannotRun("the server archives no WAL, and other backups leave no trace in it")
    if row.standby and row.mode != "always":
        raise CannotRun("this is a standby, which archives nothing")
    evidence = {
        "last archived": row.archived or "never",
        "last failed": row.failed or "never",
        "failures": row.failures,
    }
    if row.failing:
        yield Observation(
            DatabaseObject(),
            f"Archiving WAL fails: {row.segment} could not be archived.",
            subject="fails",
            evidence=evidence,
        )
    elif row.late:
        yield Observation(
            DatabaseObject(),
            f"No WAL has been archived for more than {HOURS} hours, although there is some.",
            subject="late",
            evidence=evidence,
            severity=Severity.MEDIUM,
        )


CHECK = ServerCheck(
    id="GNK-O008",
    slug="wal-archiving",
    title="WAL is archived",
    category="operations",
    severity=Severity.HIGH,
    impact="After a loss nobody can go back to the time since the last archived segment, and the "
    "segments that wait fill the disk.",
    recommendation="Look into the server's log for what archive_command says, and set "
    "archive_timeout so that quiet hours are archived too.",
    find=find,
)
