"""A foreign key to its own table that deletes with CASCADE.

Deleting one row deletes everything below it, and everything below that. For a tree of comments
that is right; for a tree of employees it is not.

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import foreign_keys
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for key in foreign_keys(snapshot):
        if key.table == key.referenced and key.action("DELETE") == "CASCADE":
            yield Observation(
                object_of(key.fact),
                f"Deleting a row of {key.label(home).split(' (')[0]} deletes all that refer to it "
                f"by ({', '.join(key.columns)}), and all that refer to those.",
                subject=f"{key.table.name}({', '.join(key.columns)})",
            )


CHECK = StructureCheck(
    id="GNK-S016",
    slug="self-cascade",
    title="No delete runs down a whole tree",
    severity=Severity.INFO,
    impact="One delete may remove any number of rows.",
    recommendation="Make sure that it is meant, or choose RESTRICT or SET NULL.",
    find=find,
)
