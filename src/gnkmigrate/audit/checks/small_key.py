"""Tables whose generated key is an integer or a smallint.

It ends at 2,147,483,647 (or 32,767), and then every insert fails. Keys that are used up by
rolled back inserts and upserts count too. Changing the type rewrites the table and everything that
refers to it, which is easy today and hard on the day before. Which sequence is near its end is
what sequence-near-end reports.

Source: PostgreSQL manual, 8.1.1 (integer types) and 8.1.4 (serial types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import key_columns
from gnkmigrate.audit.checks._style import for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inner_types import underlying

_SMALL = {"integer", "smallint"}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        _keys(snapshot),
        "The key NAME of schema SCHEMA is generated as an integer, which ends at two billion at "
        "most.",
        "COUNT keys of schema SCHEMA are generated as integers, which end at two billion at most.",
        "keys",
        lambda column: f"{'.'.join(column.identity.path[1:])} {column.payload['type']}",
    )


def _keys(snapshot: Snapshot) -> Iterator[Fact]:
    for schema, table, name in _generated(snapshot):
        key = snapshot.get("column", schema, table, name)
        if (
            key is None
            or key.parent is None
            or underlying(str(key.value("type")), snapshot) not in _SMALL
        ):
            continue
        if [*(key_columns(snapshot, key.parent) or ())] == [name]:
            yield key


def _generated(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The paths of the columns that a sequence fills."""
    found = {fact.identity.path for fact in snapshot.of_kind("identity")}
    for default in snapshot.of_kind("default"):
        if "nextval(" in default.value("expression"):
            found.add(default.identity.path)
    return iter(sorted(found))


CHECK = StructureCheck(
    id="GNK-S024",
    slug="small-key",
    title="Generated keys are bigint",
    severity=Severity.LOW,
    impact="When the numbers are used up, every insert fails.",
    recommendation="Use bigint wherever a table may grow.",
    find=find,
)
