"""A table, view or sequence that is granted to PUBLIC.

PUBLIC is every role that can connect, today's and tomorrow's: those for backups, for monitoring,
of another application on the same server. What PUBLIC may change, each of them may change.

Sources: PostgreSQL manual, 5.8 (privileges); pg_class.relacl, pg_attribute.attacl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection
from gnkmigrate.postgres.quoting import qualified

_VERB = {"USAGE": "use", "REFERENCES": "refer to", "TRIGGER": "put triggers on"}


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "granted_to_public"):
        sequence = row.type == "sequence"
        if sequence:
            own = question.live.get("sequence", row.schema, row.relation) is not None
            about = DatabaseObject(row.schema, "", row.relation, "sequence")
        else:
            own = is_own(question, row.schema, row.relation)
            about = DatabaseObject(row.schema, row.relation, "", row.type)
        if not own:
            continue
        on = f"{'SEQUENCE ' if sequence else ''}{qualified(row.schema, row.relation)}"
        privileges = ", ".join(row.privileges)
        yield Observation(
            about,
            f"Everybody who can connect may {_verbs(row.privileges)} "
            f"{row.type} {about.label(question.home)}.",
            evidence={"privileges": row.privileges},
            fix=(f"REVOKE {privileges} ON {on} FROM PUBLIC",),
            undo=(f"GRANT {privileges} ON {on} TO PUBLIC",),
            severity=Severity.HIGH if row.writes and not row.restricted else Severity.LOW,
        )


def _verbs(privileges: list[str]) -> str:
    """The privileges, columns left out, as one says them."""
    words = [_VERB.get(word, word.lower()) for word in (each.split(" ")[0] for each in privileges)]
    unique = list(dict.fromkeys(words))
    return " and ".join([", ".join(unique[:-1]), unique[-1]] if unique[1:] else unique)


CHECK = ServerCheck(
    id="GNK-A007",
    slug="granted-to-public",
    title="Nothing is granted to PUBLIC",
    category="security",
    severity=Severity.HIGH,
    impact="Every role of the server that can connect reaches it, those to come included.",
    recommendation="Grant it to the roles that need it, then revoke it from PUBLIC.",
    find=find,
)
