"""A table without a primary key.

Rows cannot be told apart for certain: an ORM cannot update one of them, logical replication
refuses updates and deletes, and a duplicate can only be removed by its physical address. A
partition or a child table counts with its parent. Where a unique key of columns that are never
NULL tells rows apart, it is less severe.

Source: PostgreSQL manual, 5.5.4 (primary keys) and 31.1 (replica identity).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import accesses, key_columns
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.checks._style import is_child
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        if is_child(table):
            continue
        if key_columns(snapshot, table.identity) is not None:
            continue
        constraints = snapshot.children(table.identity, "constraint")
        unique = [
            str(c.payload["definition"]) for c in constraints if c.payload["type"] == "unique"
        ]
        instead = ", only unique constraints" if unique else ""
        yield Observation(
            object_of(table),
            f"Table {object_of(table).label(home)} has no primary key{instead}.",
            evidence={"unique constraints": unique} if unique else {},
            severity=Severity.LOW if _has_another(table, snapshot) else None,
        )


def _has_another(table: Fact, snapshot: Snapshot) -> bool:
    """Whether something else tells every row apart: unique, of all rows, and never NULL."""
    given = {*map(identifier, filled(snapshot, table.identity))}
    return any(
        access.unique and access.whole and given.issuperset(access.columns)
        for access in accesses(snapshot, table.identity)
    )


CHECK = StructureCheck(
    id="GNK-S001",
    slug="no-primary-key",
    title="Every table has a primary key",
    severity=Severity.MEDIUM,
    impact="Rows cannot be told apart for certain, and logical replication refuses updates and "
    "deletes.",
    recommendation="Make the columns that identify a row its primary key, or add an identity "
    "column.",
    find=find,
)
