"""A btree index on an array.

It compares whole arrays, from their first element on, so it finds an array that is equal and no
array that contains something. Searching for elements (@>, &&, = ANY) takes a GIN index.

Source: PostgreSQL manual, 11.2 (index types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import accesses, column_of, typed
from gnkmigrate.audit.checks._style import tables_with
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in tables_with(snapshot, lambda name: name.endswith("[]")):
        types = typed(snapshot, table.identity)
        for access in accesses(snapshot, table.identity):
            if access.unique or access.is_share or access.method != "btree":
                continue
            arrays = [key for key in access.keys if types.get(column_of(key), "").endswith("[]")]
            if arrays:
                yield Observation(
                    object_of(access.fact),
                    f"Index {access.name} on {object_of(table).label(home)} compares whole "
                    f"arrays: {', '.join(arrays)}.",
                )


CHECK = StructureCheck(
    id="GNK-S011",
    slug="btree-on-array",
    title="No btree index is on an array",
    severity=Severity.LOW,
    impact="Queries that look for an element read the whole table in spite of the index.",
    recommendation="Use GIN where elements are searched for.",
    find=find,
)
