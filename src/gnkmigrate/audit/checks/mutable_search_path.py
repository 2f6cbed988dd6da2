"""Functions that look names up in the search_path of whoever calls them.

The same function then does other things in another session, and fails where the path is short:
in a restored dump, in logical replication, and from PostgreSQL 17 on in maintenance (VACUUM,
ANALYZE, REINDEX, REFRESH), which all set a safe path. That matters most for functions in index
expressions, constraints, generated columns and triggers. SECURITY DEFINER functions are another
check's.

Sources: PostgreSQL manual, 5.9.3 (the schema search path), release notes of 17; pg_proc.proconfig.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, listed
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "mutable_search_path"):
        count = len(row.functions)
        functions = "One function" if count == 1 else f"{count:,} functions"
        verb = "looks" if count == 1 else "look"
        yield Observation(
            DatabaseObject("", "", row.schema, "schema"),
            f"{functions} of schema {row.schema} {verb} names up in the caller's search_path.",
            evidence={"functions": listed(row.functions)},
        )


CHECK = ServerCheck(
    id="GNK-A011",
    slug="mutable-search-path",
    title="Functions do not depend on the caller's search_path",
    category="security",
    severity=Severity.INFO,
    impact="Another session's search_path makes them do something else, or fail.",
    recommendation="Set their search_path (ALTER FUNCTION ... SET search_path), or write BEGIN "
    "ATOMIC, first for those in indexes, constraints and triggers.",
    find=find,
)
