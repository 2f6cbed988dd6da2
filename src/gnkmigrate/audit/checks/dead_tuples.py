"""Tables full of rows that nobody can see any more.

UPDATE and DELETE leave the old row behind for VACUUM to clear away. Where twice as many wait as
autovacuum lets wait, it is switched off, too slow, or held back: by a transaction that has been
open for long, a forgotten replication slot, or a prepared transaction.

Sources: PostgreSQL manual, 24.1.2 (recovering disk space), 24.1.6 (the autovacuum daemon);
pg_stat_user_tables.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified

ROWS = 10_000


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "dead_tuples", rows=ROWS):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        yield Observation(
            about,
            f"Table {about.label(question.default_schema)} holds {row.dead:,} dead rows beside "
            f"{row.rows:,} living ones.",
            evidence={
                "last vacuum": row.vacuumed or "unknown",
                "autovacuum": row.autovacuum,
            },
            fix=(f"VACUUM (ANALYZE) {qualified(row.schema, row.relation)}",),
            severity=Severity.MEDIUM if row.dead > row.rows else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-P005",
    slug="dead-tuples",
    title="Autovacuum keeps up with the dead rows",
    category="performance",
    severity=Severity.MEDIUM,
    impact="Every read passes over them, and the table grows.",
    recommendation="Find what holds VACUUM back (long-transactions, inactive-replication-slot), "
    "run it, and let autovacuum come sooner for this table.",
    find=find,
)
