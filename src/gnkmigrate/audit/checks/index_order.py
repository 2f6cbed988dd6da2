"""An index that differs from another one in nothing but the order of its columns' values.

A btree is read in both directions: an index on (a) serves ORDER BY a DESC as well, and one on
(a, b) serves WHERE a = ... ORDER BY b DESC. Only a query that sorts by several columns in opposite
directions, or wants NULLs at the other end, needs an index of its own. So nothing is said of one
that is of no use but for that: whose NULLs are there, or of which another column than the last goes
the other way.

Source: PostgreSQL manual, 11.4 (indexes and ORDER BY).
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses, column_of
from gnkmigrate.audit.describe import index_text, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_Order: TypeAlias = tuple[bool, bool]


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
        and _serves([*map(_order, kept.keys)], [*map(_order, other.keys)])
    )


def _serves(kept: Sequence[_Order], other: Sequence[_Order]) -> bool:
    """Whether an index in the order of `kept`, forwards or backwards, does what `other` is for."""
    backwards = [_reverse(each) for each in kept]
    *above, last = other
    return other == backwards or (above == kept[:-1] and last in {kept[-1], backwards[-1]})


def _order(key: str) -> _Order:
    """Whether a key goes downwards, and whether its NULLs come first."""
    downwards = key.removesuffix(" NULLS LAST").removesuffix(" NULLS FIRST").endswith(" DESC")
    first = not key.endswith(" NULLS LAST") if downwards else key.endswith(" NULLS FIRST")
    return downwards, first


def _reverse(order: _Order) -> _Order:
    downwards, first = order
    return not downwards, not first


CHECK = StructureCheck(
    id="GNK-S042",
    slug="index-order",
    title="No two indexes differ in order alone",
    severity=Severity.LOW,
    impact="Every write pays twice for what one index read backwards does.",
    recommendation="Drop it, unless a query sorts by several columns in opposite directions.",
    find=find,
)
