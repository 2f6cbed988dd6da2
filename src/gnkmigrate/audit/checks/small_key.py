"""Tables whose generated key is an integer or a smallint.

It ends at 2,147,483,647 (or 32,767), and then every insert fails. Keys that are used up by
rolled back inserts and upserts count too. Changing the type rewrites the table and everything that
refers to it, which is easy today and hard on the day before. Which sequence is near its end is
told by exhausted-sequence.

Source: PostgreSQL manual, 8.1.1 (integer types) and 8.1.4 (serial types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_SMALL = {"integer", "smallint"}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        _keys(snapshot),
        "The key NAME of schema SCHEMA is generated as an integer, which ends at two billion.",
        "COUNT keys of schema SCHEMA are generated as integers, which end at two billion.",
        "keys",
        lambda column: f"{'.'.join(column.identity.path[1:])} {column.payload['type']}",
    )


def _keys(snapshot: Snapshot) -> Iterator[Fact]:
    for constraint in snapshot.of_kind("constraint"):
        columns = constraint.payload["columns"]
        if constraint.payload["type"] != "primary key" or len(columns) != 1:
            continue
        key = snapshot.get("column", *constraint.identity.path[:2], columns[0])
        if key is not None and key.payload["type"] in _SMALL and _is_generated(key, snapshot):
            yield key


def _is_generated(key: Fact, snapshot: Snapshot) -> bool:
    default = snapshot.get("default", *key.identity.path)
    from_sequence = default is not None and "nextval(" in str(default.payload["expression"])
    return from_sequence or snapshot.get("identity", *key.identity.path) is not None


CHECK = StructureCheck(
    id="GNK-S024",
    slug="small-key",
    title="Generated keys are bigint",
    severity=Severity.LOW,
    impact="When the numbers are used up, every insert fails.",
    recommendation="Use bigint wherever a table may grow.",
    find=find,
)
