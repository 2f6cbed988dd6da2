"""A foreign key whose columns no index leads with.

PostgreSQL indexes the referenced side only. Deleting or renumbering a referenced row then reads
the whole referencing table, under a lock, for every row; so do joins from parent to children.
An index serves when its first columns are those of the key, in any order, or those of it that refer
to the primary key, which find the same rows; and when it covers all rows in which they are not
NULL. No other partial one does, and no invalid one. GiST, GIN (by btree_gist, btree_gin) and the
index of an exclusion constraint serve as well.

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import finding, is_served, key_columns
from gnkmigrate.audit.checks._new_index import proposed
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        offered = finding(snapshot, table.identity)
        for key in snapshot.children(table.identity, "constraint"):
            if key.value("type") == "foreign key" and not any(
                is_served(columns, offered) for columns in _finding(key, snapshot)
            ):
                yield _observation(table, key, snapshot, home)


def _finding(key: Fact, snapshot: Snapshot) -> Iterator[set[str]]:
    """The columns that find the rows of a key: all of them, or those to the primary key."""
    columns, references = key.value("columns"), key.value("references")
    yield {*map(identifier, columns)}
    there = Identity("table", (references["schema"], references["table"]))
    primary = key_columns(snapshot, there)
    own = dict(zip(references["columns"], columns, strict=True))
    if primary and {*primary} < own.keys():
        yield {identifier(own[name]) for name in primary}


def _observation(table: Fact, key: Fact, snapshot: Snapshot, home: str) -> Observation:
    columns, references = key.value("columns"), key.value("references")
    listed = ", ".join(columns)
    base = f"idx_{table.identity.name}_{'_'.join(columns)}"
    fix, undo = proposed(snapshot, table, base, ", ".join(map(identifier, columns)))
    about = object_of(key)
    name = DatabaseObject(about.schema, about.table).label(home)
    return Observation(
        about,
        f"Foreign key {name} ({listed}) to {references['table']} has no index.",
        subject=f"{table.identity.name}({listed})",
        evidence={"definition": str(key.value("definition"))},
        fix=(fix,),
        undo=(undo,),
    )


CHECK = StructureCheck(
    id="GNK-S002",
    slug="foreign-key-without-index",
    title="Every foreign key has an index",
    severity=Severity.MEDIUM,
    impact="Deleting a referenced row reads the whole referencing table, and so do joins from "
    "the referenced side.",
    recommendation="Create an index that begins with the key's columns.",
    find=find,
)
