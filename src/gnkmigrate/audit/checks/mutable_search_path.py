"""Functions that look names up in the search_path of whoever calls them.

The same function then does other things in another session, and fails where the path is short:
in a restored dump, in logical replication, and from PostgreSQL 17 on in maintenance (VACUUM,
ANALYZE, REINDEX, REFRESH), which all set a safe path. That matters most for functions in index
expressions, constraints, generated columns and triggers. SECURITY DEFINER functions are another
check's.

Sources: PostgreSQL manual, 5.9.3 (the schema search path), release notes of 17; pg_proc.proconfig.
"""

from collections import defaultdict
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._functions import looks_names_up, path_of
from gnkmigrate.audit.checks._server import listed
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    found = defaultdict[str, list[str]](list)
    for function in snapshot.of_kind("function"):
        own = function.value("security_definer")
        if not own and path_of(function) is None and looks_names_up(function):
            schema, name = function.identity.path
            found[schema].append(name)
    for schema, names in found.items():
        count = len(names)
        functions = "One function" if count == 1 else f"{count:,} functions"
        verb = "looks" if count == 1 else "look"
        yield Observation(
            DatabaseObject("", "", schema, "schema"),
            f"{functions} of schema {schema} {verb} names up in the caller's search_path.",
            evidence={"functions": listed(names)},
        )


CHECK = StructureCheck(
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
