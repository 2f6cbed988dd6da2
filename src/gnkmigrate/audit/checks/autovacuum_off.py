"""Autovacuum that is switched off, for the server or for a table.

Without it dead rows pile up, statistics grow old, and the freezing that keeps transaction ids from
running out is left to the emergency that PostgreSQL starts by itself, at the worst time. It needs
track_counts to know what has changed. Switching it off for one table is meant for loading it.

Sources: PostgreSQL manual, 24.1 (routine vacuuming), 20.10 (automatic vacuuming); reloptions.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import literal, qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "autovacuum_off"):
        if row.setting is not None:
            yield Observation(
                DatabaseObject(),
                f"Autovacuum does not work on this server: {row.setting} is off.",
                subject=row.setting,
                fix=(f"ALTER SYSTEM SET {row.setting} = on", "SELECT pg_reload_conf()"),
                severity=Severity.HIGH,
            )
        elif is_own(question, row.schema, row.relation):
            about = table(row.schema, row.relation)
            alter = f"ALTER TABLE {qualified(row.schema, row.relation)}"
            yield Observation(
                about,
                f"Autovacuum is switched off for table {about.label(question.default_schema)}.",
                evidence={"option": row.option},
                fix=(f"{alter} RESET ({row.option})",),
                undo=(f"{alter} SET ({row.option} = {literal(row.value)})",),
            )


CHECK = ServerCheck(
    id="GNK-P006",
    slug="autovacuum-off",
    title="Autovacuum is on",
    category="performance",
    severity=Severity.MEDIUM,
    impact="Dead rows stay, statistics grow old, and transaction ids are used up.",
    recommendation="Switch it on; let it come sooner rather than never where it disturbs.",
    find=find,
)
