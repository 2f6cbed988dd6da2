"""An extension that is installed in an older version than the server has.

Updating the server's packages brings new files; the database keeps the old version, with its
faults, until ALTER EXTENSION ... UPDATE.

Sources: PostgreSQL manual, ALTER EXTENSION (UPDATE); pg_available_extensions.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "extension_outdated"):
        yield Observation(
            DatabaseObject("", "", row.extension, "extension"),
            f"Extension {row.extension} is installed in version {row.installed}; the server has "
            f"{row.available}.",
            fix=(f"ALTER EXTENSION {identifier(row.extension)} UPDATE",),
        )


CHECK = ServerCheck(
    id="GNK-A014",
    slug="extension-outdated",
    title="Every extension is as new as the server's files",
    category="security",
    severity=Severity.LOW,
    impact="Faults that a newer version has fixed stay in the database.",
    recommendation="Read the extension's release notes and update it.",
    find=find,
)
