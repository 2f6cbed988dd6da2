"""A constraint that was added NOT VALID and has not been validated since.

New rows obey it; the rows of before may not, and the planner does not rely on it. Those that do not
are counted.

Source: PostgreSQL manual, ALTER TABLE (ADD table_constraint NOT VALID).
"""

from collections.abc import Iterator
from functools import partial

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import key_columns
from gnkmigrate.audit.checks._keys import is_full
from gnkmigrate.audit.checks._orphans import orphans
from gnkmigrate.audit.checks._rows import beside, row_key
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.obstacle import Obstacle
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified
from gnkmigrate.text.secret import looks_secret


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
            obstacle=_obstacle(constraint, table, snapshot),
        )


def _obstacle(constraint: Fact, table: Identity, snapshot: Snapshot) -> Obstacle | None:
    """The rows at which validating it would stop."""
    if constraint.value("type") == "foreign key":
        reference = constraint.payload["references"]
        referenced = (reference["schema"], reference["table"])
        columns, others = constraint.payload["columns"], reference["columns"]
        full = is_full(str(constraint.payload["definition"]))
        return orphans(snapshot, table, columns, referenced, others, full=full)
    if constraint.value("type") != "check":
        return None
    key, rule = key_columns(snapshot, table) or (), str(constraint.payload["expression"])
    return Obstacle(
        table,
        partial(_breaking, row_key(key), qualified(*table.path), rule),
        one="One row breaks it.",
        many="COUNT rows break it.",
        repair="",
        hidden=any(map(looks_secret, key)),
    )


def _breaking(key: str, table: str, rule: str, part: str) -> str:
    return beside("check_violation").format(
        key=key, source=f"{table} AS live{part}", expression=rule
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
