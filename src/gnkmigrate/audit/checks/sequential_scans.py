"""Large tables that are mostly read from end to end.

Where a table of many rows is read as a whole more often than by an index, some frequent condition
has none. Reports and dumps read whole tables on purpose: a table counts from fifty such reads on,
each of at least half of its rows, and only if they outnumber the reads by index.

Sources: PostgreSQL manual, 28.2 (cumulative statistics), 14.1 (using EXPLAIN); pg_stat_user_tables.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.connection import Connection

ROWS = 10_000
MANY_ROWS = 100_000
SCANS = 50


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "sequential_scans", rows=ROWS, scans=SCANS):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        yield Observation(
            about,
            f"Table {about.label(question.default_schema)} is mostly read from end to end.",
            evidence={
                "rows": row.rows,
                "reads of the whole table": row.sequential,
                "reads by index": row.by_index,
                "rows read in whole": row.rows_read,
            },
            severity=Severity.MEDIUM if row.rows >= MANY_ROWS else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-P001",
    slug="sequential-scans",
    title="Large tables are read by index",
    category="performance",
    severity=Severity.MEDIUM,
    impact="Each such statement takes longer with every row, and crowds other tables out of the "
    "cache.",
    recommendation="Find the statements (pg_stat_statements) and look at their plans; create the "
    "index that their conditions lack.",
    find=find,
)
