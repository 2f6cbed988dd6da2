"""An index that differs from another one in nothing but the order of its columns' values.

A btree is read in both directions: an index on (a) serves ORDER BY a DESC as well, and one on
(a, b) serves WHERE a = ... ORDER BY b DESC. Only a query that sorts by both columns, one of them
the other way round, needs an index of its own.

Source: PostgreSQL manual, 11.4 (indexes and ORDER BY).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses, column_of
from gnkmigrate.audit.describe import index_text, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        offered = accesses(snapshot, table.identity)
        if len({access.columns for access in offered}) == len(offered):
            continue
        kept: list[Access] = []
        for access in sorted(offered, key=_worth):
            twin = next((other for other in kept if _differ_in_order(other, access)), None)
            if twin is None or access.unique or access.is_share:
                kept.append(access)
                continue
            yield Observation(
                object_of(access.fact),
                f"Index {access.name} on {object_of(table).label(home)} "
                f"{index_text(access.fact)} differs from {twin.described} in nothing but order.",
                fix=(access.drop,),
                undo=access.again(snapshot),
            )


def _worth(access: Access) -> tuple[bool, int, str]:
    """Sorts what should stay first: what refuses duplicates, then what is in the plain order."""
    return not access.unique, sum(key != column_of(key) for key in access.keys), access.name


def _differ_in_order(kept: Access, other: Access) -> bool:
    return (
        kept.method == other.method == "btree"
        and kept.whole
        and other.whole
        and not other.included
        and kept.keys != other.keys
        and kept.columns == other.columns
    )


CHECK = StructureCheck(
    id="GNK-S042",
    slug="index-order",
    title="No two indexes differ in order alone",
    severity=Severity.LOW,
    impact="Every write pays twice for what one index read backwards does.",
    recommendation="Drop it, unless a query sorts by several columns in opposite directions.",
    find=find,
)
