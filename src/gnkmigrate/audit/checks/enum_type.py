"""Enum types.

A label can be added but never removed, and their order is that of the type; a list that the
application's users edit belongs into a table, and a short one into a CHECK, which can be changed
without touching rows. Enums are right for what is fixed by nature, such as the days of the week.

Sources: PostgreSQL manual, 8.7 (enumerated types); ALTER TYPE.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        snapshot.of_kind("enum"),
        "Type NAME of schema SCHEMA is an enum, whose labels cannot be removed.",
        "COUNT types of schema SCHEMA are enums, whose labels cannot be removed.",
        "types",
        lambda type_: f"{type_.identity.name}: {', '.join(type_.payload['labels'])}",
    )


CHECK = StructureCheck(
    id="GNK-S026",
    slug="enum-type",
    title="No list of values is an enum type",
    severity=Severity.INFO,
    impact="A label that is no longer wanted stays for ever, or the type has to be made anew.",
    recommendation="Use a CHECK or a table where the values may change.",
    find=find,
)
