"""A foreign key whose triggers are switched off.

ALTER TABLE ... DISABLE TRIGGER ALL switches off what checks a foreign key, too. The constraint
stands in the catalog as valid, and nobody is refused; imports that forget to switch the triggers
on again leave it so. Enabled again they look at new rows alone, so that rows that got in and refer
to nothing have to be put right first: where there are some, no fix is proposed before. Triggers of
the user's own that are disabled stay so.

Source: PostgreSQL manual, ALTER TABLE (DISABLE TRIGGER); pg_trigger.tgconstraint, tgenabled.
"""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._keys import is_full
from gnkmigrate.audit.checks._orphans import orphans
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.audit.obstacle import Obstacle
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "unenforced_foreign_key"):
        key = question.live.get("constraint", row.schema, row.relation, row.name)
        if key is None:
            continue
        about = DatabaseObject(row.schema, row.relation, row.name, "constraint")
        triggers = tuple(
            (f"ALTER TABLE {qualified(schema, relation)}", f"TRIGGER {identifier(name)}")
            for schema, relation, name in zip(row.schemas, row.relations, row.triggers, strict=True)
        )
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"Foreign key {label} is not enforced: its triggers are disabled.",
            subject=f"{row.relation}({', '.join(key.payload['columns'])})",
            evidence={"definition": str(key.payload["definition"])},
            fix=tuple(f"{alter} ENABLE {trigger}" for alter, trigger in triggers),
            undo=tuple(f"{alter} DISABLE {trigger}" for alter, trigger in triggers),
            obstacle=_orphans(key, question.live),
        )


def _orphans(key: Fact, live: Snapshot) -> Obstacle:
    """The rows that got in: with the triggers enabled, nothing would tell of them any more."""
    schema, table, _ = key.identity.path
    reference, columns = key.payload["references"], key.payload["columns"]
    referenced = (reference["schema"], reference["table"])
    found = orphans(
        live,
        Identity("table", (schema, table)),
        columns,
        referenced,
        reference["columns"],
        full=is_full(str(key.payload["definition"])),
    )
    return replace(found, severity=None)


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
