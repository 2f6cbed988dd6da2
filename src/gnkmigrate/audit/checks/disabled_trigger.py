"""A trigger that is switched off.

Somebody disabled it, perhaps for one import, and what it keeps true has not been kept true since.
DISABLE TRIGGER ALL also switches off the checks of foreign keys, which this check does not see
(they are no triggers of the user's).

Source: PostgreSQL manual, ALTER TABLE (DISABLE TRIGGER); pg_trigger.tgenabled.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for trigger in snapshot.of_kind("trigger"):
        if trigger.payload["enabled"] != "disabled":
            continue
        schema, table, name = trigger.identity.path
        alter = f"ALTER TABLE {qualified(schema, table)}"
        yield Observation(
            object_of(trigger),
            f"Trigger {name} on {f'{schema}.{table}'.removeprefix(f'{home}.')} is disabled.",
            evidence={"definition": str(trigger.payload["definition"])},
            fix=(f"{alter} ENABLE TRIGGER {identifier(name)}",),
            undo=(f"{alter} DISABLE TRIGGER {identifier(name)}",),
        )


CHECK = StructureCheck(
    id="GNK-S039",
    slug="disabled-trigger",
    title="Every trigger is enabled",
    severity=Severity.MEDIUM,
    impact="What it keeps true is not kept true any more.",
    recommendation="Find out why, repair the rows written since, and enable or drop it.",
    find=find,
)
