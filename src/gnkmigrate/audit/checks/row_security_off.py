"""A table without row security among tables that have it.

Where some tables of a schema show each role only its own rows, a table beside them without row
security shows all of its rows to the same roles. Often it was added later and forgotten. A table
that is only read may well be meant for everybody (a list of countries), so reading alone is a
finding of lower severity. Schemas without any row security are another design and no finding.
Enabled without policies, it would hide all rows from those roles; which policies are right only
its owners know.

Sources: PostgreSQL manual, 5.9 (row security policies); pg_class.relrowsecurity, relacl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "row_security_off"):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        yield Observation(
            about,
            f"Table {about.label(question.home)} has no row security, unlike others of its schema, "
            f"and is open to roles that those restrict.",
            evidence={"roles": row.roles, "privileges": row.privileges},
            severity=Severity.MEDIUM if row.writes else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-A001",
    slug="row-security-off",
    title="Where tables have row security, all that the same roles reach have it",
    category="security",
    severity=Severity.MEDIUM,
    impact="Roles that are kept to their own rows elsewhere see, or change, every row of it.",
    recommendation="Create policies for it and enable row security, in this order; or take the "
    "privileges away from those roles.",
    find=find,
)
