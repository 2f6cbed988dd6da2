"""A constraint that was added NOT VALID and has not been validated since.

New rows obey it; the rows of before may not, and the planner does not rely on it.

Source: PostgreSQL manual, ALTER TABLE (ADD table_constraint NOT VALID).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for constraint in snapshot.of_kind("constraint"):
        if constraint.value("validated"):
            continue
        table = Identity("table", constraint.identity.path[:2])
        validate = f"VALIDATE CONSTRAINT {identifier(constraint.identity.name)}"
        yield Observation(
            object_of(constraint),
            f"Constraint {object_of(constraint).label(home)} has never been validated.",
            evidence={"definition": str(constraint.payload["definition"])},
            fix=(f"ALTER TABLE {qualified(*table.path)} {validate}",),
        )


CHECK = StructureCheck(
    id="GNK-S006",
    slug="constraint-not-valid",
    title="Every constraint is validated",
    severity=Severity.MEDIUM,
    impact="Rows from before the constraint may break it, and nobody has looked.",
    recommendation="Correct the rows that break it, then validate it: that takes no lock that "
    "stops writes.",
    find=find,
)
