"""Extensions whose objects lie among the project's own in schema public.

Their functions and types show up in everything that lists the schema, get in the way of names of
one's own, and stay in the search_path of whoever only wants the tables. It is a matter of taste
for most; extensions that cannot be moved are no finding.

Sources: PostgreSQL manual, CREATE EXTENSION, ALTER EXTENSION (SET SCHEMA); pg_extension.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "extension_in_public"):
        alter = f"ALTER EXTENSION {identifier(row.extension)} SET SCHEMA"
        yield Observation(
            DatabaseObject("", "", row.extension, "extension"),
            f"Extension {row.extension} keeps its {row.objects:,} objects in schema public.",
            fix=("CREATE SCHEMA IF NOT EXISTS extensions", f"{alter} extensions"),
            undo=(f"{alter} public",),
        )


CHECK = ServerCheck(
    id="GNK-A013",
    slug="extension-in-public",
    title="Extensions have a schema of their own",
    category="security",
    severity=Severity.INFO,
    impact="Its objects mix with the project's.",
    recommendation="Move it to a schema of its own, and put that into the search_path of those "
    "who use it.",
    find=find,
)
