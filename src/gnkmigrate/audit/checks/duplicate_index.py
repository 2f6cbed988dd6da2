"""An index that does what another index or a constraint's index does already.

Two indexes with the same method, keys, predicate and included columns cost twice the space and
twice the work of every write, and no query gains. Where one is behind a PRIMARY KEY or UNIQUE
constraint, the other is the one to drop; of two that are alike, the one that neither is the
table's replica identity nor has foreign keys.

Source: pg_index, pg_constraint.conindid.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses
from gnkmigrate.audit.describe import index_text, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        offered = accesses(snapshot, table.identity)
        if len({access.keys for access in offered}) == len(offered):
            continue  # what does the same has the same keys
        kept: list[Access] = []
        for access in sorted(offered, key=partial(_worth, snapshot.once(_referred))):
            twin = next((other for other in kept if _does_the_same(other, access)), None)
            if twin is None or access.is_share:
                kept.append(access)
                continue
            held = _holding(access, snapshot)
            yield Observation(
                object_of(access.fact),
                f"{_described(access, object_of(table).label(home))} "
                f"does what {twin.described} does already.",
                subject=access.name if access.is_constraint else "",
                evidence={"beside": twin.name, **held},
                fix=() if held else (access.drop,),
                undo=() if held else access.again(snapshot),
            )


def _holding(access: Access, snapshot: Snapshot) -> Mapping[str, str]:
    """Why it cannot simply go: what hangs on it has to go over to the other first."""
    referred = access.fact.identity in snapshot.once(_referred)
    return ({"foreign keys": "refer to it"} if referred else {}) | (
        {"replica identity": "the table's"} if access.is_identity else {}
    )


def _referred(snapshot: Snapshot) -> frozenset[Identity]:
    """What foreign keys hang on: the keys that they refer to."""
    return frozenset(
        need
        for each in snapshot.of_kind("constraint")
        if each.value("type") == "foreign key"
        for need in each.depends_on
    )


def _worth(
    referred: AbstractSet[Identity], access: Access
) -> tuple[bool, bool, bool, bool, bool, bool, str]:
    """Sorts what should stay first: keys, then what refuses duplicates, or has to stay."""
    is_key = access.is_constraint and access.fact.payload["type"] == "primary key"
    plain = not access.is_constraint, not access.unique, not access.is_share
    is_referred = access.fact.identity in referred
    return (not is_key, *plain, not is_referred, not access.is_identity, access.name)


def _described(access: Access, table: str) -> str:
    if access.is_constraint:
        return f"Constraint {access.name} of {table} {access.fact.payload['definition']}"
    return f"Index {access.name} on {table} {index_text(access.fact)}"


def _does_the_same(kept: Access, other: Access) -> bool:
    """Whether `other` can go: nothing that it does would be missed."""
    if kept.is_constraint and other.is_constraint:
        # A key that may be deferred, or in which NULLs are alike, is another key.
        rule = str(other.fact.payload["definition"]).removeprefix("UNIQUE ")
        return (
            str(kept.fact.payload["definition"])
            .removeprefix("PRIMARY KEY ")
            .removeprefix("UNIQUE ")
            == rule
        )
    if kept.is_constraint:
        plain = other.whole and not other.included
        return plain and kept.method == other.method and kept.keys == other.keys
    return (
        kept.fact.payload["definition"] == other.fact.payload["definition"]
        and kept.unique >= other.unique
        and bool(kept.fact.payload["valid"])
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
