"""A domain that is NOT NULL.

NULL gets in all the same: a column of such a domain is NULL in a row of an outer join or of a
subquery without a row, and an INSERT of that passes. Whoever reads the table sees no NOT NULL on
the column, and a column cannot be made optional without another type.

Source: PostgreSQL manual, CREATE DOMAIN (notes), which advises against it.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for domain in snapshot.of_kind("domain"):
        if domain.value("not_null"):
            alter = f"ALTER DOMAIN {qualified(*domain.identity.path)}"
            yield Observation(
                object_of(domain),
                f"Domain {object_of(domain).label(home)} is NOT NULL, which lets NULL in.",
                fix=(f"{alter} DROP NOT NULL",),
                undo=(f"{alter} SET NOT NULL",),
            )


CHECK = StructureCheck(
    id="GNK-S050",
    slug="domain-not-null",
    title="NOT NULL is said of columns, not of domains",
    severity=Severity.INFO,
    impact="A NULL that comes from a join or a subquery is stored all the same.",
    recommendation="Say NOT NULL of the columns, and drop it from the domain.",
    find=find,
)
