"""A view through which others read rows that row security keeps from them.

A view reads its tables with the privileges of its owner unless it is a security_invoker
(PostgreSQL 15 and later), and the owner of a table, a superuser and roles with BYPASSRLS are not
bound by policies. A materialized view always holds what its owner saw. Views whose owner is bound
by the policies too are no finding; neither are views that nobody else may read.

Sources: PostgreSQL manual, 41.5 (rules and privileges), CREATE VIEW (security_invoker); pg_rewrite,
pg_depend.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection
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
        yield Observation(
            about,
            f"View {about.label(question.home)} shows others all rows of "
            f"{', '.join(row.tables)}, whatever the policies there say.",
            evidence={"runs as": row.owner, "open to": row.readers}
            | ({"without SELECT on its tables": row.lacking} if row.lacking else {}),
            fix=(f"{alter} SET (security_invoker = true)",) if mendable else (),
            undo=(f"{alter} RESET (security_invoker)",) if mendable else (),
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
)
