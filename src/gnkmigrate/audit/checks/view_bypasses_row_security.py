"""A view through which others read rows that row security keeps from them.

A view reads its tables with the privileges of its owner unless it is a security_invoker
(PostgreSQL 15 and later), and the owner of a table, a superuser and roles with BYPASSRLS are not
bound by policies. A materialized view always holds what its owner saw. Views whose owner is bound
by the policies too are no finding; neither are views that nobody else may read. Of a target's
views it says so where both owners are known, or neither: one role makes them all then.

Sources: PostgreSQL manual, 41.5 (rules and privileges), CREATE VIEW (security_invoker); pg_rewrite,
pg_depend.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.audit.check import Declared, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._reach import Reach
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.hidden_rows import is_invoker
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified

_SECURITY_INVOKER = 150000


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    settable = connection.info.server_version >= _SECURITY_INVOKER
    for row in answers(connection, question, "view_bypasses_row_security"):
        if not is_own(question, row.schema, row.view):
            continue
        about = DatabaseObject(row.schema, row.view, "", "view")
        alter = f"ALTER VIEW {qualified(row.schema, row.view)}"
        mendable = settable and not row.materialized and row.lacking is None
        found = _observation(about, row.tables, row.owner, row.readers, question.default_schema)
        lacking = {"without SELECT on its tables": row.lacking} if row.lacking else {}
        yield replace(
            found,
            evidence={**found.evidence, **lacking},
            fix=(f"{alter} SET (security_invoker = true)",) if mendable else (),
            undo=(f"{alter} RESET (security_invoker)",) if mendable else (),
        )


def declared(of: Declared) -> Iterator[Observation]:
    reach = Reach(of.snapshot, of.roles)
    for kind in ("view", "materialized view"):
        for view in of.snapshot.of_kind(kind):
            readers = sorted(role for role, held in reach.bound(view).items() if "SELECT" in held)
            if not readers or is_invoker(view):
                continue
            owner = reach.owner(view)
            open_ = {table for table in _read(view, of.snapshot) if _passes(owner, table, reach)}
            if open_:
                schema, name = view.identity.path
                about = DatabaseObject(schema, name, "", "view")
                names = sorted(".".join(each.identity.path) for each in open_)
                yield _observation(about, names, owner or "its owner", readers, of.default_schema)


def _read(view: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The tables with row security that a view reads directly."""
    for name in {each.path[:2] for each in view.depends_on if each.kind in {"table", "column"}}:
        table = snapshot.get("table", *name)
        if table is not None and table.value("row_security"):
            yield table


def _passes(owner: str, table: Fact, reach: Reach) -> bool:
    """Whether no policy of a table binds the owner of a view."""
    whose = reach.owner(table)
    if reach.roles.of(owner).unbound:
        return True
    known = bool(owner) is bool(whose)
    return (
        known and not table.value("row_security_forced") and whose in reach.roles.acting_as(owner)
    )


def _observation(
    about: DatabaseObject, tables: Sequence[str], owner: str, readers: Sequence[str], home: str
) -> Observation:
    return Observation(
        about,
        f"View {about.label(home)} shows others all rows of {', '.join(tables)}, whatever the "
        "policies there say.",
        evidence={"runs as": owner, "open to": readers},
    )


CHECK = ServerCheck(
    id="GNK-A012",
    slug="view-bypasses-row-security",
    title="No view opens what row security keeps closed",
    category="security",
    severity=Severity.MEDIUM,
    impact="Row security on the table is void for whoever may read the view.",
    recommendation="Let the view run as its caller (security_invoker), who then needs SELECT on "
    "the table; before PostgreSQL 15, give the view to a role that the policies bind.",
    find=find,
    declared=declared,
)
