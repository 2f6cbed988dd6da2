"""Default privileges that open coming objects to PUBLIC.

ALTER DEFAULT PRIVILEGES ... TO PUBLIC opens every table or sequence that a role will ever create,
without anybody deciding about it when it is created. What exists already shows in its own grants.

Sources: PostgreSQL manual, ALTER DEFAULT PRIVILEGES; pg_default_acl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection
from gnkmigrate.postgres.quoting import identifier


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "default_privileges_to_public"):
        about = DatabaseObject("", "", row.schema, "schema") if row.schema else DatabaseObject()
        where = f" in schema {row.schema}" if row.schema else ""
        clause = f"IN SCHEMA {identifier(row.schema)} " if row.schema else ""
        begin = f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(row.role)} {clause}"
        what = f"{', '.join(row.privileges)} ON {row.type}"
        yield Observation(
            about,
            f"What role {row.role} creates of {row.type.lower()}{where} is open to everybody: "
            f"{', '.join(row.privileges)}.",
            subject=" ".join(filter(None, (row.schema, row.role, row.type))),
            fix=(f"{begin}REVOKE {what} FROM PUBLIC",),
            undo=(f"{begin}GRANT {what} TO PUBLIC",),
            severity=Severity.MEDIUM if row.writes else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-A009",
    slug="default-privileges-to-public",
    title="Coming tables and sequences are not open to PUBLIC",
    category="security",
    severity=Severity.MEDIUM,
    impact="Every table that is created from now on is open to whoever can connect.",
    recommendation="Give the default privileges to the roles that need them.",
    find=find,
)
