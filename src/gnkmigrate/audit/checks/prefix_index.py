"""An index whose keys another index begins with.

What an index on (a) does for a query, one on (a, b) does too, unless the first is unique or much
smaller. It is worth a look rather than a rule: on a hot table a narrow index can pay.

Source: PostgreSQL manual, 11.3 (multicolumn indexes).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses
from gnkmigrate.audit.describe import index_text, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        offered = accesses(snapshot, table.identity)
        if len({access.keys[:1] for access in offered}) == len(offered):
            continue  # none begins as another does
        for access in offered:
            if access.is_constraint or access.is_share or access.unique or access.included:
                continue
            longer = next((other for other in offered if _begins_with(other, access)), None)
            if longer is None:
                continue
            yield Observation(
                object_of(access.fact),
                f"Index {access.name} on {object_of(table).label(home)} "
                f"{index_text(access.fact)} is the beginning of {longer.described}.",
                evidence={"beginning of": f"{longer.name} ({', '.join(longer.keys)})"},
                fix=(access.drop,),
                undo=access.again(snapshot),
            )


def _begins_with(longer: Access, access: Access) -> bool:
    return (
        longer.whole
        and access.whole
        and longer.method == access.method == "btree"
        and len(longer.keys) > len(access.keys)
        and longer.keys[: len(access.keys)] == access.keys
    )


CHECK = StructureCheck(
    id="GNK-S004",
    slug="prefix-index",
    title="No index is the beginning of another",
    severity=Severity.LOW,
    impact="Every write keeps an index up to date that a wider one mostly replaces.",
    recommendation="Drop it, unless it is on a hot path and much smaller than the wider one.",
    find=find,
)
