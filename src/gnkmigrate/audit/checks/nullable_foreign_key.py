"""A foreign key of several columns of which some may be NULL.

With a NULL in one of them the others are not looked at (MATCH SIMPLE), and may hold anything. Where
the columns that may be NULL are NULL together, a CHECK or MATCH FULL says so.

Source: PostgreSQL manual, 5.5.5 (foreign keys), CREATE TABLE (MATCH).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import foreign_keys
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for key in foreign_keys(snapshot):
        if len(key.columns) == 1 or key.is_full:
            continue
        given = filled(snapshot, key.table)
        optional = [name for name in key.columns if name not in given]
        if optional:
            yield Observation(
                object_of(key.fact),
                f"Foreign key {key.label(home)} is not checked where {' or '.join(optional)} is "
                "NULL.",
                evidence={"definition": key.definition},
            )


CHECK = StructureCheck(
    id="GNK-S049",
    slug="nullable-foreign-key",
    title="No foreign key of several columns lets NULL in",
    severity=Severity.INFO,
    impact="Rows with one NULL may hold anything in the other columns.",
    recommendation="Make the columns NOT NULL, or say MATCH FULL where all are NULL together.",
    find=find,
)
