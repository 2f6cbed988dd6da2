"""A CHECK constraint that says what another one of the same table says.

Every row that is written is checked twice, and whoever changes the rule has to find both. Tools
that add constraints by generated names leave such pairs.

Source: PostgreSQL manual, 5.5.1 (check constraints); pg_constraint.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    first: dict[tuple[Identity | None, str], Fact] = {}
    for check in snapshot.of_kind("constraint"):
        if check.value("type") != "check":
            continue
        other = first.setdefault((check.parent, str(check.value("expression"))), check)
        if other is not check and check.parent is not None:
            yield _observation(check, check.parent, other, home)


def _observation(check: Fact, table: Identity, other: Fact, home: str) -> Observation:
    alter, name = f"ALTER TABLE {qualified(*table.path)}", identifier(check.identity.name)
    definition = str(check.payload["definition"])
    late = "" if check.value("validated") else " NOT VALID"
    # What is valid vouches for rows that the other one has not looked at.
    vouches = check.value("validated") and not other.value("validated")
    return Observation(
        object_of(check),
        f"Constraint {object_of(check).label(home)} says the same as {other.identity.name}.",
        evidence={"definition": definition},
        fix=() if vouches else (f"{alter} DROP CONSTRAINT {name}",),
        undo=() if vouches else (f"{alter} ADD CONSTRAINT {name} {definition}{late}",),
    )


CHECK = StructureCheck(
    id="GNK-S045",
    slug="duplicate-check",
    title="No CHECK repeats another",
    severity=Severity.LOW,
    impact="Every write is checked twice for the same.",
    recommendation="Keep one of them.",
    find=find,
)
