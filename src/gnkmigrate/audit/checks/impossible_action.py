"""A foreign key whose action on DELETE or UPDATE can only fail.

SET NULL on a column that is NOT NULL, be it by its domain or a CHECK, and SET DEFAULT on one that
is so and has no default, stop every delete of a referenced row with an error about the referencing
table. The declaration promises something that has never worked; nobody has tried it yet.

Source: PostgreSQL manual, CREATE TABLE (REFERENCES, ON DELETE, ON UPDATE).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import ForeignKey, foreign_keys
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_EVENTS = ("DELETE", "UPDATE")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for key in foreign_keys(snapshot):
        for event in _EVENTS:
            refusing = _refusing(snapshot, key, event)
            if refusing:
                yield Observation(
                    object_of(key.fact),
                    f"Foreign key {key.label(home)} says ON {event} {key.action(event)}, "
                    f"but {', '.join(refusing)} {_must(key.action(event))}.",
                    subject=f"{key.table.name}({', '.join(key.columns)}) {event}",
                    evidence={"definition": key.definition},
                )


def _refusing(snapshot: Snapshot, key: ForeignKey, event: str) -> list[str]:
    """The columns that cannot become what the action would make them."""
    action = key.action(event)
    if action not in {"SET NULL", "SET DEFAULT"} or not key.whole(event):
        return []
    refusing = filled(snapshot, key.table)
    return [
        name
        for name in key.columns
        if name in refusing
        and not (action == "SET DEFAULT" and snapshot.get("default", *key.table.path, name))
    ]


def _must(action: str) -> str:
    return "must not be NULL" if action == "SET NULL" else "must not be NULL and has no default"


CHECK = StructureCheck(
    id="GNK-S014",
    slug="impossible-action",
    title="Every foreign key's action can be carried out",
    severity=Severity.HIGH,
    impact="Deleting or renumbering a referenced row fails.",
    recommendation="Let the columns be NULL, or choose CASCADE or RESTRICT.",
    find=find,
)
