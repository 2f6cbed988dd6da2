"""A partial index whose condition every row fulfils.

WHERE column IS NOT NULL leaves nothing out where the column is NOT NULL. It keeps the planner from
using the index for queries that do not repeat the condition, and a unique one from being the key
of a foreign key.

Source: PostgreSQL manual, 11.8 (partial indexes).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses
from gnkmigrate.audit.checks._style import required
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        for access in accesses(snapshot, table.identity):
            if _is_partial(access):
                filled = {
                    identifier(fact.identity.name) for fact in required(snapshot, table.identity)
                }
                if access.covers(filled):
                    yield Observation(
                        object_of(access.fact),
                        f"Index {access.name} on {object_of(table).label(home)} leaves out NULL, "
                        "which its columns do not have.",
                        evidence={"predicate": str(access.fact.value("predicate"))},
                    )


def _is_partial(access: Access) -> bool:
    return not access.is_constraint and access.fact.value("predicate") is not None


CHECK = StructureCheck(
    id="GNK-S047",
    slug="needless-predicate",
    title="Every partial index leaves something out",
    severity=Severity.LOW,
    impact="Queries that do not repeat the condition cannot use the index.",
    recommendation="Create the index without its condition, then drop this one.",
    find=find,
)
