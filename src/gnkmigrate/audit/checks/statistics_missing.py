"""Tables with rows about which the planner knows nothing.

Until ANALYZE has seen a table the planner guesses how many rows match, and picks plans accordingly.
Autovacuum does it within minutes for ordinary tables, but never for a partitioned table as a
whole, nor for foreign tables, and not after a restore or an upgrade until rows change.

Sources: PostgreSQL manual, 24.1.3 (updating planner statistics), ANALYZE; pg_stats, pg_class.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified

SIZE = 1024 * 1024  # bytes; below, a wrong plan costs nothing


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "statistics_missing", size=SIZE):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        whole = " as a whole" if row.partitioned else ""
        yield Observation(
            about,
            f"Table {about.label(question.default_schema)}{whole} has never been analyzed.",
            evidence={"size": row.size, "autovacuum": row.autovacuum},
            fix=(f"ANALYZE {qualified(row.schema, row.relation)}",),
        )


CHECK = ServerCheck(
    id="GNK-P003",
    slug="statistics-missing",
    title="Every larger table has been analyzed",
    category="performance",
    severity=Severity.LOW,
    impact="The planner guesses, and may choose plans that take a thousand times as long.",
    recommendation="Run ANALYZE; for partitioned tables regularly, since autovacuum does not.",
    find=find,
)
