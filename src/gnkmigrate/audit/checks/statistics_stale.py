"""Tables that have changed a lot since they were last analyzed.

Autovacuum analyzes a table when a part of its rows has changed (a tenth, unless set otherwise).
Where twice as many have, it does not get round to it, is switched off, or is cancelled again and
again by somebody's lock.

Sources: PostgreSQL manual, 24.1.6 (the autovacuum daemon); pg_stat_user_tables, reloptions.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified

CHANGES = 10_000


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "statistics_stale", changes=CHANGES):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"Table {label} has changed much since it was last analyzed.",
            evidence={
                "rows": row.rows,
                "rows changed since": row.changed,
                "last analyzed": row.analyzed or "unknown",
            },
            fix=(f"ANALYZE {qualified(row.schema, row.relation)}",),
        )


CHECK = ServerCheck(
    id="GNK-P004",
    slug="statistics-stale",
    title="Statistics are as new as autovacuum should keep them",
    category="performance",
    severity=Severity.LOW,
    impact="The planner expects other rows than there are, and may choose slow plans.",
    recommendation="Run ANALYZE, and find out why autovacuum does not get round to it.",
    find=find,
)
