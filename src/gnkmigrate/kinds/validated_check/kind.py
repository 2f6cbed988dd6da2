"""That the rows of a partition or child are known to satisfy a check which is NOT VALID above.

PostgreSQL makes and drops the check with that of the table above; this is what ALTER TABLE ...
VALIDATE CONSTRAINT has made of one of them. Others are no facts.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.wording import on_table
from gnkmigrate.postgres.quoting import identifier, qualified


class ValidatedCheck(Kind):
    name = "validated check"
    found_in = "pg_constraint WHERE contype = 'c' AND NOT convalidated AND conrelid <> 0"
    can_be_renamed = False
    catalog = "pg_constraint"
    parent_catalog = "pg_class"
    attributes = {"of": How.COSMETIC, "partitions": How.COSMETIC, "validated": How.ALTERED}
    rank = 86
    calls_functions = True
    word = "CONSTRAINT"

    def reference(self, fact: Fact) -> str:
        return on_table("CONSTRAINT", fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        *table, name = fact.identity.path
        return (
            Statement(
                f"ALTER TABLE {qualified(*table)} VALIDATE CONSTRAINT {identifier(name)}",
                "Rows that were there before are checked while others write.",
                lock=locks.VALIDATE_CONSTRAINT,
                relation=qualified(*table),
                scans=True,
            ),
        )

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        """What is proven stays proven, as long as there is such a check."""
        return Identity("constraint", tuple(fact.payload["of"])) in target

    def drop(self, fact: Fact, context: Context) -> Statements:
        del fact, context
        return ()  # it goes with the check

    def rename(self, change: Change, context: Context) -> Statements:
        del change, context
        return ()  # it is renamed with the check

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return (*super().dies_with(fact), *_made_by(fact))

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        return _made_by(fact)


def _made_by(fact: Fact) -> Iterator[Identity]:
    """What makes it: the check above, and that its table is a partition, however deep."""
    yield Identity("constraint", tuple(fact.payload["of"]))
    for partition in fact.payload["partitions"]:
        yield Identity("partition", tuple(partition))


KIND = ValidatedCheck()
