"""A SECURITY DEFINER function that everybody may call.

It runs with the rights of its owner, and PostgreSQL lets PUBLIC call every new function. Whoever
can connect can have it do whatever its arguments make it do. Functions of triggers are left out:
they cannot be called.

Source: PostgreSQL manual, CREATE FUNCTION (writing SECURITY DEFINER functions safely).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "definer_open_to_public"):
        about = DatabaseObject(row.schema, "", row.function, "function")
        on = f"EXECUTE ON {row.word} {row.signature}"
        yield Observation(
            about,
            f"Function {about.label(question.home)} runs with the rights of {row.owner}, and "
            "everybody may call it.",
            fix=(f"REVOKE {on} FROM PUBLIC",),
            undo=(f"GRANT {on} TO PUBLIC",),
        )


CHECK = ServerCheck(
    id="GNK-A025",
    slug="definer-open-to-public",
    title="Not everybody may call SECURITY DEFINER functions",
    category="security",
    severity=Severity.LOW,
    impact="Whoever can connect can use the rights of the function's owner.",
    recommendation="Revoke EXECUTE from PUBLIC, and grant it to the roles that need it.",
    find=find,
)
