"""A foreign key whose column has another type than the column that it refers to.

PostgreSQL converts one side at every comparison. The smaller type cannot hold every key that the
larger one has: an integer that refers to a bigint stops at 2,147,483,647, in production and at
night. A numeric that refers to an integer makes joins slower for nothing.

Sources: PostgreSQL manual, 5.5.5 (foreign keys); pg_constraint.conpfeqop.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import ForeignKey, foreign_keys
from gnkmigrate.audit.checks._style import kind_of_values
from gnkmigrate.audit.describe import object_of, short_type
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for key in foreign_keys(snapshot):
        for column, other, types in _pairs(snapshot, key):
            mine, theirs = (short_type(name, home) for name in types)
            if mine == theirs:
                continue
            referenced = ".".join(key.referenced.path).removeprefix(f"{home}.")
            table = ".".join(key.table.path).removeprefix(f"{home}.")
            yield Observation(
                object_of(key.fact),
                f"Column {table}.{column} is {mine}, but refers to {referenced}.{other}, "
                f"which is {theirs}.",
                subject=f"{key.table.name}({', '.join(key.columns)}).{column}",
            )


def _pairs(snapshot: Snapshot, key: ForeignKey) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Each column, the one that it refers to, and the types of both, where they differ."""
    for column, other in zip(key.columns, key.others, strict=True):
        mine = snapshot.get("column", *key.table.path, column)
        theirs = snapshot.get("column", *key.referenced.path, other)
        if mine is not None and theirs is not None and mine.value("type") != theirs.value("type"):
            yield column, other, (kind_of_values(mine, snapshot), kind_of_values(theirs, snapshot))


CHECK = StructureCheck(
    id="GNK-S012",
    slug="foreign-key-types-differ",
    title="Every foreign key has the type of what it refers to",
    severity=Severity.MEDIUM,
    impact="The smaller type cannot hold every key, and comparisons convert each value.",
    recommendation="Give both columns the wider type.",
    find=find,
)
