"""Tables that belong to a superuser.

Only that superuser, or another, can change them, so whoever runs migrations has to be one; and
where the application connects as the owner too, a fault in it (an injected statement) reaches the
whole server and the files of its machine. A single-user database on one's own machine is often
made this way.

Sources: PostgreSQL manual, 22.2 (role attributes); pg_class.relowner, pg_roles.rolsuper.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "superuser_owned"):
        tables = "One table" if row.tables == 1 else f"{row.tables:,} tables"
        verb = "belongs" if row.tables == 1 else "belong"
        yield Observation(
            DatabaseObject("", "", row.schema, "schema"),
            f"{tables} of schema {row.schema} {verb} to the superuser {row.owner}.",
            subject=f"{row.schema} {row.owner}",
            evidence={"tables": row.tables},
        )


CHECK = ServerCheck(
    id="GNK-A015",
    slug="superuser-owned",
    title="No table belongs to a superuser",
    category="security",
    severity=Severity.INFO,
    impact="Migrations need a superuser, and an application that connects as the owner is one.",
    recommendation="Give the tables to a role without attributes (REASSIGN OWNED), run migrations "
    "as that role, and let the application connect as one that owns nothing.",
    find=find,
)
