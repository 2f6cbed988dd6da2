"""An index of more than three columns.

It is large, every update of any of its columns writes it anew, and it serves only queries that
name its first columns. Sometimes that is what a report needs; more often the first two or three
columns do the same.

Source: PostgreSQL manual, 11.3 (multicolumn indexes), which advises to use them sparingly.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import accesses
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_MANY = 3


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        for access in accesses(snapshot, table.identity):
            # A unique key is as wide as what it identifies, and other methods work otherwise.
            chosen = not access.unique and not access.is_share and access.method == "btree"
            if chosen and len(access.keys) > _MANY:
                yield Observation(
                    object_of(access.fact),
                    f"Index {access.name} on {object_of(table).label(home)} has "
                    f"{len(access.keys)} columns.",
                    evidence={"columns": list(access.keys)},
                )


CHECK = StructureCheck(
    id="GNK-S010",
    slug="wide-index",
    title="No index has more than three columns",
    severity=Severity.INFO,
    impact="It takes much space, and every update of one of its columns writes it.",
    recommendation="See with EXPLAIN whether its first columns are enough.",
    find=find,
)
