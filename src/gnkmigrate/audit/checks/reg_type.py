"""A column that stores the number of something in the catalog.

Values of regproc, regoper, regconfig and the like are OIDs, which another database, a restored dump
and a new major version number otherwise: pg_upgrade refuses a cluster with such columns. regclass,
regrole and regtype survive it.

Source: PostgreSQL manual, 8.19 (object identifier types), pg_upgrade (notes).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_REFUSED = (
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
)


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, *_REFUSED):
        if column.parent is not None and column.parent.kind == "table":
            yield Observation(
                object_of(column),
                f"Column {object_of(column).label(home)} is of type {column.value('type')}, which "
                "no upgrade takes along.",
            )


CHECK = StructureCheck(
    id="GNK-S048",
    slug="reg-type",
    title="No column stores numbers of the catalog",
    severity=Severity.MEDIUM,
    impact="pg_upgrade refuses the database.",
    recommendation="Store the name as text, and cast it where it is used.",
    find=find,
)
