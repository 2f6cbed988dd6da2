"""A unique key of several columns, some of which may be NULL.

NULL is not equal to NULL: rows whose key holds one are never duplicates, whatever the other
columns say. A key of one column is meant so (an e-mail address or none); in a key of several it
is mostly an oversight, and duplicates get in.

Sources: PostgreSQL manual, 5.5.3 (unique constraints); CREATE TABLE (NULLS NOT DISTINCT, since
PostgreSQL 15).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import Access, accesses, key_columns
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        primary = {*map(identifier, key_columns(snapshot, table.identity) or ())}
        for access in accesses(snapshot, table.identity):
            if primary and primary <= {*access.keys}:
                continue  # no two rows have the same primary key
            if not _lets_duplicates_in(access) or access.is_share:
                continue
            nullable = {
                identifier(column.identity.name)
                for column in snapshot.children(table.identity, "column")
                if column.identity.name not in filled(snapshot, table.identity)
            }
            concerned = [key for key in access.keys if key in nullable]
            if concerned:
                yield Observation(
                    object_of(access.fact),
                    f"Table {object_of(table).label(home)} is unique by "
                    f"({', '.join(access.keys)}), but {', '.join(concerned)} may be NULL.",
                    subject=f"{table.identity.name}({', '.join(access.keys)})",
                    evidence={"columns that may be NULL": concerned},
                )


def _lets_duplicates_in(access: Access) -> bool:
    several = access.unique and access.whole and len(access.keys) > 1
    if not several:
        return False
    if access.is_constraint:
        definition = str(access.fact.payload["definition"])
        return access.fact.payload["type"] == "unique" and not definition.startswith(
            "UNIQUE NULLS NOT DISTINCT"
        )
    return not access.fact.payload["nulls_not_distinct"]


CHECK = StructureCheck(
    id="GNK-S009",
    slug="nullable-unique-key",
    title="No unique key of several columns lets NULL in",
    severity=Severity.LOW,
    impact="Rows with a NULL in the key are never duplicates, so that equal ones get in.",
    recommendation="Declare the columns NOT NULL, or the key NULLS NOT DISTINCT.",
    find=find,
)
