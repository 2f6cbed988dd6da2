"""An index on nothing but a boolean column.

Such an index splits the table into two halves, or three with NULL, and reading half of a table is
faster without an index. What is wanted is mostly the rare value alone, and a partial index on a
column that is really searched for, WHERE that value, is small and quick.

One that is unique is a rule, such as that of a table of one row, and no finding.

Source: PostgreSQL manual, 11.8 (partial indexes).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import accesses, typed
from gnkmigrate.audit.checks._style import tables_with
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in tables_with(snapshot, "boolean".__eq__):
        types = typed(snapshot, table.identity)
        for access in accesses(snapshot, table.identity):
            own = not access.is_constraint and not access.is_share and not access.unique
            plain = own and access.whole and not access.included
            if plain and all(types.get(name) == "boolean" for name in access.columns):
                yield Observation(
                    object_of(access.fact),
                    f"Index {access.name} on {object_of(table).label(home)} "
                    f"({', '.join(access.keys)}) has boolean columns alone.",
                    fix=(access.drop,),
                    undo=access.again(snapshot),
                )


CHECK = StructureCheck(
    id="GNK-S008",
    slug="boolean-index",
    title="No index is on a boolean alone",
    severity=Severity.LOW,
    impact="Every write keeps up an index that the planner hardly ever chooses.",
    recommendation="Drop it, or make it a partial index for the rarer value.",
    find=find,
)
