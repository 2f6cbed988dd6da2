"""A schema in which everybody may create objects.

Whoever may create a function or a table in a schema that others search can make their statements
call it, with their privileges. Up to PostgreSQL 14 the schema public of every new database was
open in this way, and an upgrade keeps it so.

Sources: PostgreSQL manual, 5.9.6 (schema usage patterns), release notes of 15; pg_namespace.nspacl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection
from gnkmigrate.postgres.quoting import identifier


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "schema_open_to_public"):
        name = identifier(row.schema)
        yield Observation(
            DatabaseObject("", "", row.schema, "schema"),
            f"Everybody who can connect may create objects in schema {row.schema}.",
            fix=(f"REVOKE CREATE ON SCHEMA {name} FROM PUBLIC",),
            undo=(f"GRANT CREATE ON SCHEMA {name} TO PUBLIC",),
        )


CHECK = ServerCheck(
    id="GNK-A008",
    slug="schema-open-to-public",
    title="Not everybody may create objects in the project's schemas",
    category="security",
    severity=Severity.MEDIUM,
    impact="Any role can plant a function or table that others then call with their privileges.",
    recommendation="Grant CREATE to the roles that run migrations, then revoke it from PUBLIC.",
    find=find,
)
