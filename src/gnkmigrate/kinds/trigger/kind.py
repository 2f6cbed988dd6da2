"""Triggers of tables and views (manual: CREATE TRIGGER, ALTER TABLE ... ENABLE TRIGGER).

A trigger of a partitioned table has a clone on each partition, and what is done to the one is done
to the others; kinds/cloned_trigger/ knows the exceptions.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import firing, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind, used
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.wording import last_names, on_table
from gnkmigrate.postgres.quoting import identifier, qualified

_RENAMES_CLONES = 150000  # the first server that does


class Trigger(Kind):
    name = "trigger"
    catalog = "pg_trigger"
    found_in = "pg_trigger WHERE oid >= 16384 AND NOT tgisinternal"
    parent_catalog = "pg_class"
    attributes = {
        "definition": How.ALTERED,
        "constraint": How.MADE_AGAIN,
        "enabled": How.ALTERED,
    }
    rank = 84
    word = "TRIGGER"

    def reference(self, fact: Fact) -> str:
        return on_table("TRIGGER", fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        word = "CREATE CONSTRAINT TRIGGER" if fact.payload["constraint"] else "CREATE TRIGGER"
        created = _define(fact, word, f"{self.words(fact)} is missing.")
        return (created, *self._enable(fact, firing.ORIGIN))

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        del context
        return used(fact)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return self.dropped(fact, locks.DROP_TRIGGER, _table(fact))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        before, after = change.before or change.fact, change.fact
        if "definition" not in differing:
            return self._enable(after, before.payload["enabled"])
        if after.payload["constraint"]:
            return None  # CREATE OR REPLACE does not know constraint triggers
        reason = f"{self.words(after)} differs in: definition."
        replaced = _define(after, "CREATE OR REPLACE TRIGGER", reason)
        return (replaced, *self._enable(after, firing.ORIGIN))

    def reaches(self, fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
        if " FOR EACH ROW " not in fact.payload["definition"]:
            return frozenset()  # such a one has no clones
        tables = _partitions(fact.identity.path[:-1], snapshot)
        return frozenset((fact.kind, *table, fact.identity.name) for table in tables)

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("its own", *fact.identity.path[:-1])})

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        del target
        return frozenset({("given by the parent", *fact.identity.path[:-1])})

    def rename(self, change: Change, context: Context) -> Statements:
        old, new = last_names(change)
        tables = [change.identity.path[:-1]]
        if context.source.server_version < _RENAMES_CLONES:
            tables += _partitions(tables[0], context.target)
        return tuple(
            Statement(
                f"ALTER TRIGGER {old} ON {qualified(*table)} RENAME TO {new}",
                f"Trigger {old} is to be called {new}.",
                lock=locks.RENAME,
                relation=qualified(*table),
            )
            for table in tables
        )

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        """What is done to it is done to its clones, those included that are to be exceptions."""
        del context
        if dependent.kind == "extension dependency" and "definition" in change.differing:
            return Effect.ALTERED  # OR REPLACE forgets it
        return Effect.ALTERED if dependent.kind == "cloned trigger" else Effect.NONE

    def _enable(self, fact: Fact, state: str) -> Statements:
        wanted = fact.payload["enabled"]
        if wanted == state:
            return ()
        return (
            Statement(
                f"ALTER TABLE {_table(fact)} {firing.COMMANDS[wanted]} TRIGGER"
                f" {identifier(fact.identity.name)}",
                firing.in_target(self.words(fact), wanted),
                lock=locks.ENABLE_TRIGGER,
                relation=_table(fact),
            ),
        )


def _define(fact: Fact, command: str, reason: str) -> Statement:
    name, definition = identifier(fact.identity.name), reprintable(fact.payload["definition"])
    return Statement(
        f"{command} {name} {definition}", reason, lock=locks.CREATE_TRIGGER, relation=_table(fact)
    )


def _table(fact: Fact) -> str:
    return qualified(*fact.identity.path[:-1])


def _partitions(table: Sequence[str], snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """All partitions below `table`, however deep."""
    for fact in snapshot.of_kind("partition"):
        if tuple(fact.payload["of"]) == tuple(table):
            yield fact.identity.path
            yield from _partitions(fact.identity.path, snapshot)


KIND = Trigger()
