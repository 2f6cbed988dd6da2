"""An index that does what another index or a constraint's index does already.

Two indexes with the same method, keys, predicate and included columns cost twice the space and
twice the work of every write, and no query gains. Where one is behind a PRIMARY KEY or UNIQUE
constraint, the other is the one to drop.

Source: pg_index, pg_constraint.conindid.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses
from gnkmigrate.audit.describe import index_text, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.catalog.model import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        kept: list[Access] = []
        for access in accesses(snapshot, table.identity):
            twin = next((other for other in kept if _does_the_same(other, access)), None)
            if twin is None or access.is_constraint:
                kept.append(access)
                continue
            yield Observation(
                object_of(access.fact),
                f"Index {access.name} on {object_of(table).label(home)} "
                f"{index_text(access.fact)} does what {twin.described} does already.",
                evidence={"beside": twin.name},
                fix=(access.drop,),
                undo=(access.create,),
            )


def _does_the_same(kept: Access, other: Access) -> bool:
    """Whether `other` can go: nothing that it does would be missed."""
    if kept.is_constraint:
        plain = other.whole and not other.included
        return plain and kept.method == other.method and kept.keys == other.keys
    return (
        kept.fact.payload["definition"] == other.fact.payload["definition"]
        and kept.unique >= other.unique
        and kept.fact.payload["valid"]
    )


CHECK = StructureCheck(
    id="GNK-S003",
    slug="duplicate-index",
    title="No index repeats another",
    severity=Severity.LOW,
    impact="Every write pays twice, and no query is faster.",
    recommendation="Drop it with DROP INDEX CONCURRENTLY.",
    find=find,
)
