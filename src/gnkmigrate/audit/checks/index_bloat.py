"""B-tree indexes that take much more room than their entries need.

An estimate from the planner's statistics: the entries of the last ANALYZE times the average width
of the key, with the headers and the fill factor, against the pages that the index has. At least
half of the index and 10 MB must seem empty. Since PostgreSQL 13 equal keys share an entry, so that
there may be more room than this says. Indexes on expressions, or whose columns the role may not
read, and tables that were never analyzed are left out. The extension pgstattuple measures where
this estimates (pgstatindex).

Sources: PostgreSQL manual, 73.6 (database page layout), 67.4 (B-tree), 24.2 (routine reindexing);
the formula is that of https://github.com/ioguix/pgsql-bloat-estimation (btree), in short.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, require_statistics
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified

SHARE = 50  # percent of the index
SIZE = 10 * 1024 * 1024  # bytes
MUCH = 1024 * 1024 * 1024


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    found = False
    for row in answers(connection, question, "index_bloat", share=SHARE, size=SIZE):
        if not is_own(question, row.schema, row.relation):
            continue
        found = True
        about = DatabaseObject(row.schema, row.relation, row.index, "index")
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"About {row.share} of 100 pages of index {label} seem empty.",
            evidence={"size": row.total, "estimated to be empty": row.empty},
            fix=(f"REINDEX INDEX CONCURRENTLY {qualified(row.schema, row.index)}",),
            severity=Severity.MEDIUM if row.empty_bytes >= MUCH else Severity.LOW,
        )
    if not found:
        tables = question.live.of_kind("table")
        require_statistics(connection, question, tables, size=SIZE, hidden=SIZE)


CHECK = ServerCheck(
    id="GNK-P013",
    slug="index-bloat",
    title="Indexes take the room that their entries need",
    category="performance",
    severity=Severity.LOW,
    impact="Reading the index takes longer, and its empty pages take room in caches.",
    recommendation="Measure it with pgstattuple; where it is true, build the index again, which "
    "REINDEX CONCURRENTLY does beside the work of others.",
    privileges=("SELECT on the tables, for their statistics",),
    find=find,
)
