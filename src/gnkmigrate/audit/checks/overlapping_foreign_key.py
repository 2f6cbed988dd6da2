"""A foreign key that another foreign key of the same table makes superfluous.

Two foreign keys with the same columns and the same target check every write twice; an ORM that
names its constraints by hash adds such a second one easily. One of them whose columns are part of
another's, to the same table, checks nothing that the other does not, unless a NULL in the rest of
the longer key lets a row pass.

Source: pg_constraint.conkey, confrelid, confkey.
"""

from collections.abc import Iterator
from itertools import combinations

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import ForeignKey, foreign_keys
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    tables: dict[tuple[Identity, Identity], list[ForeignKey]] = {}
    for key in foreign_keys(snapshot):
        tables.setdefault((key.table, key.referenced), []).append(key)
    for keys in tables.values():
        ordered = sorted(keys, key=lambda key: (-len(key.columns), key.fact.identity))
        for longer, key in combinations(ordered, 2):
            if _pairs(key) <= _pairs(longer) and _has_values(longer, key, snapshot):
                yield _observation(longer, key, home)


def _pairs(key: ForeignKey) -> set[tuple[str, str]]:
    return set(zip(key.columns, key.others, strict=True))


def _has_values(longer: ForeignKey, key: ForeignKey, snapshot: Snapshot) -> bool:
    """Whether the longer key is checked for every row for which the shorter one is."""
    rest = set(longer.columns) - set(key.columns)
    columns = [snapshot.get("column", *longer.table.path, name) for name in rest]
    return all(column is not None and column.payload["not_null"] for column in columns)


def _observation(longer: ForeignKey, key: ForeignKey, home: str) -> Observation:
    table, name = qualified(*key.table.path), identifier(key.fact.identity.name)
    alike = key.definition == longer.definition  # else somebody has to choose between their actions
    what = "repeats" if len(longer.columns) == len(key.columns) else "is contained in"
    return Observation(
        object_of(key.fact),
        f"Foreign key {key.fact.identity.name} of {key.label(home)} {what} "
        f"{longer.fact.identity.name}.",
        evidence={key.fact.identity.name: key.definition, "the other": longer.definition},
        fix=(f"ALTER TABLE {table} DROP CONSTRAINT {name}",) if alike else (),
        undo=(f"ALTER TABLE {table} ADD CONSTRAINT {name} {key.definition}",) if alike else (),
    )


CHECK = StructureCheck(
    id="GNK-S013",
    slug="overlapping-foreign-key",
    title="No foreign key repeats another",
    severity=Severity.LOW,
    impact="Every write is checked twice for the same.",
    recommendation="Keep the one whose actions on DELETE and UPDATE are meant.",
    find=find,
)
