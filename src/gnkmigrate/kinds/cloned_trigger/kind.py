"""When a clone fires that a trigger of a partitioned table has on a partition.

PostgreSQL makes and drops the clones, and whatever happens to the trigger happens to them; this is
what ALTER TABLE ... ENABLE TRIGGER has made of one of them since. Others are no facts.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import firing, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.wording import on_table
from gnkmigrate.postgres.quoting import identifier, qualified


class ClonedTrigger(Kind):
    name = "cloned trigger"
    found_in = "pg_trigger WHERE oid >= 16384 AND NOT tgisinternal"
    can_be_renamed = False
    catalog = "pg_trigger"
    parent_catalog = "pg_class"
    attributes = {"of": How.COSMETIC, "partitions": How.COSMETIC, "enabled": How.ALTERED}
    rank = 85
    word = "TRIGGER"

    def reference(self, fact: Fact) -> str:
        return on_table("TRIGGER", fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return self._fire(fact, fact.payload["enabled"])

    def drop(self, fact: Fact, context: Context) -> Statements:
        """Lets it fire when the trigger does, unless a change of that sees to it."""
        identity = _trigger(fact)
        trigger = context.find(identity)
        if trigger is None or identity in context.altered | context.dropped:
            return ()
        return self._fire(fact, trigger.payload["enabled"])

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        return self._fire(change.fact, change.fact.payload["enabled"])

    def rename(self, change: Change, context: Context) -> Statements:
        del change, context
        return ()  # it is renamed with its trigger

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return (*super().dies_with(fact), *_made_by(fact))

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        return _made_by(fact)

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        del target
        return _made_by(change.fact)

    def _fire(self, fact: Fact, state: str) -> Statements:
        *table, name = fact.identity.path
        return (
            Statement(
                f"ALTER TABLE ONLY {qualified(*table)} {firing.COMMANDS[state]} TRIGGER"
                f" {identifier(name)}",
                firing.in_target(self.words(fact), state),
                lock=locks.ENABLE_TRIGGER,
                relation=qualified(*table),
            ),
        )


def _trigger(fact: Fact) -> Identity:
    return Identity("trigger", tuple(fact.payload["of"]))


def _made_by(fact: Fact) -> Iterator[Identity]:
    """What makes the clone: the trigger, and that its table is a partition, however deep."""
    yield _trigger(fact)
    for partition in fact.payload["partitions"]:
        yield Identity("partition", tuple(partition))


KIND = ClonedTrigger()
