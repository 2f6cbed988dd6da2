"""A materialized view that cannot be refreshed while others read it.

REFRESH MATERIALIZED VIEW locks readers out for as long as its query takes. CONCURRENTLY does not,
but needs a unique index on columns of the view that covers all rows.

Source: PostgreSQL manual, REFRESH MATERIALIZED VIEW (CONCURRENTLY).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for view in snapshot.of_kind("materialized view"):
        if not any(map(_serves, snapshot.children(view.identity, "index"))):
            yield Observation(
                object_of(view),
                f"Materialized view {object_of(view).label(home)} has no unique index of all its "
                "rows, so that a refresh locks its readers out.",
            )


def _serves(index: Fact) -> bool:
    """Whether it tells all rows apart by plain columns."""
    plain = all("(" not in key for key in index.value("keys"))
    return bool(index.value("unique") and index.value("valid") and plain) and (
        index.value("predicate") is None
    )


CHECK = StructureCheck(
    id="GNK-S046",
    slug="view-not-refreshable",
    title="Every materialized view can be refreshed while it is read",
    severity=Severity.LOW,
    impact="Whoever reads the view waits while it is refreshed.",
    recommendation="Create a unique index on the columns that tell its rows apart, and refresh it "
    "CONCURRENTLY.",
    find=find,
)
