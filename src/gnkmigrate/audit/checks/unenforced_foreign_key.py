"""A foreign key whose triggers are switched off.

ALTER TABLE ... DISABLE TRIGGER ALL switches off what checks a foreign key, too. The constraint
stands in the catalog as valid, and nobody is refused; imports that forget to switch the triggers
on again leave it so.

Source: PostgreSQL manual, ALTER TABLE (DISABLE TRIGGER); pg_trigger.tgconstraint, tgenabled.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection
from gnkmigrate.postgres.quoting import qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "unenforced_foreign_key"):
        key = question.live.get("constraint", row.schema, row.relation, row.name)
        if key is None:
            continue
        about = DatabaseObject(row.schema, row.relation, row.name, "constraint")
        tables = dict.fromkeys(zip(row.schemas, row.relations, strict=True))
        yield Observation(
            about,
            f"Foreign key {about.label(question.home)} is not enforced: its triggers are disabled.",
            subject=f"{row.relation}({', '.join(key.payload['columns'])})",
            evidence={"definition": str(key.payload["definition"])},
            fix=tuple(f"ALTER TABLE {qualified(*table)} ENABLE TRIGGER ALL" for table in tables),
        )


CHECK = ServerCheck(
    id="GNK-S043",
    slug="unenforced-foreign-key",
    title="Every foreign key is enforced",
    category="structure",
    severity=Severity.HIGH,
    impact="Rows that refer to nothing get in, although the constraint counts as valid.",
    recommendation="Look for rows that refer to nothing, repair them, and enable the triggers.",
    find=find,
)
