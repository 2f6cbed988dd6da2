"""Tables that take much more room than their rows need.

An estimate from the planner's statistics: rows times their average width, with the headers and the
fill factor, against the pages that the table has. At least half of the table and 10 MB must seem
empty. It is wrong where statistics are old; tables that were never analyzed, or whose columns the
role may not read, are left out. The extension pgstattuple measures where this estimates.

Sources: PostgreSQL manual, 73.6 (database page layout), 24.1.2 (recovering disk space); pg_stats.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, require_statistics, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.connection import Connection

SHARE = 50  # percent of the table
SIZE = 10 * 1024 * 1024  # bytes
MUCH = 1024 * 1024 * 1024


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    found = False
    for row in answers(connection, question, "table_bloat", share=SHARE, size=SIZE):
        if not is_own(question, row.schema, row.relation):
            continue
        found = True
        about = table(row.schema, row.relation)
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"About {row.share} of 100 pages of table {label} seem empty.",
            evidence={"size": row.total, "estimated to be empty": row.empty},
            severity=Severity.MEDIUM if row.empty_bytes >= MUCH else Severity.LOW,
        )
    if not found:
        tables = question.live.of_kind("table")
        require_statistics(connection, question, tables, size=SIZE, hidden=SIZE)


CHECK = ServerCheck(
    id="GNK-P011",
    slug="table-bloat",
    title="Tables take the room that their rows need",
    category="performance",
    severity=Severity.LOW,
    impact="Reading the table takes longer, and its empty pages take room in caches and backups.",
    recommendation="Measure it with pgstattuple; where it is true, pack the table again: "
    "VACUUM FULL locks it, pg_repack does not.",
    privileges=("SELECT on the tables, for their statistics",),
    find=find,
)
