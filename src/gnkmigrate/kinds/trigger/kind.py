"""Triggers of tables and views (manual: CREATE TRIGGER, ALTER TABLE ... ENABLE TRIGGER).

What is done to a trigger of a partitioned table is done to its clones on the partitions as well;
afterwards one of them may be told to fire at other times.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import firing, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Context, How, Kind, last_names, on_table
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

_RENAMES_CLONES = 150000  # the first server that does


class Trigger(Kind):
    name = "trigger"
    catalog = "pg_trigger"
    parent_catalog = "pg_class"
    attributes = {
        "definition": How.ALTERED,
        "constraint": How.MADE_AGAIN,
        "enabled": How.ALTERED,
        "partitions": How.ALTERED,
    }
    rank = 84
    word = "TRIGGER"

    def reference(self, fact: Fact) -> str:
        return on_table("TRIGGER", fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        word = "CREATE CONSTRAINT TRIGGER" if fact.payload["constraint"] else "CREATE TRIGGER"
        created = _define(fact, word, f"{self.words(fact)} is missing.")
        return (created, *self._enable(fact, firing.ORIGIN, {}))

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (
            Statement(
                f"DROP {self.reference(fact)}",
                f"{self.words(fact)} is not in the target.",
                lock=locks.DROP_TRIGGER,
                relation=_table(fact),
            ),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        before, after = change.before or change.fact, change.fact
        if "definition" not in differing:
            left = _exceptions(before, context.target)
            return self._enable(after, before.payload["enabled"], left)
        if after.payload["constraint"]:
            return None  # CREATE OR REPLACE does not know constraint triggers
        reason = f"{self.words(after)} differs in: definition."
        replaced = _define(after, "CREATE OR REPLACE TRIGGER", reason)
        return (replaced, *self._enable(after, firing.ORIGIN, {}))

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("its own", *fact.identity.path[:-1])})

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
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

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """The partitions that it treats differently."""
        for path in _exceptions(fact, target):
            yield from (Identity(kind, path) for kind in ("table", "foreign table", "partition"))

    def _enable(
        self, fact: Fact, state: str, exceptions: Mapping[tuple[str, ...], str]
    ) -> Statements:
        """Makes it and its clones fire when they shall; they do in `state`, or in `exceptions`."""
        wanted, wanted_of = fact.payload["enabled"], _stated(fact)
        statements = []
        if wanted != state:
            reason = firing.in_target(self.words(fact), wanted)
            statements.append(_fire(f"ALTER TABLE {_table(fact)}", fact, wanted, reason))
            exceptions = {}
        for path in sorted({*exceptions, *wanted_of}):
            clone = wanted_of.get(path, wanted)
            if clone != exceptions.get(path, wanted):
                words = f"{self.words(fact)}, as cloned on {qualified(*path)},"
                command = f"ALTER TABLE ONLY {qualified(*path)}"
                statements.append(_fire(command, fact, clone, firing.in_target(words, clone), path))
        return tuple(statements)


def _define(fact: Fact, command: str, reason: str) -> Statement:
    name, definition = identifier(fact.identity.name), reprintable(fact.payload["definition"])
    return Statement(
        f"{command} {name} {definition}", reason, lock=locks.CREATE_TRIGGER, relation=_table(fact)
    )


def _fire(
    command: str, fact: Fact, state: str, reason: str, partition: Sequence[str] = ()
) -> Statement:
    return Statement(
        f"{command} {firing.COMMANDS[state]} TRIGGER {identifier(fact.identity.name)}",
        reason,
        lock=locks.ENABLE_TRIGGER,
        relation=qualified(*partition) if partition else _table(fact),
    )


def _table(fact: Fact) -> str:
    return qualified(*fact.identity.path[:-1])


def _stated(fact: Fact) -> dict[tuple[str, ...], str]:
    """When the clones on partitions fire, where that is not when the trigger does."""
    return {(schema, table): state for schema, table, state in fact.payload["partitions"]}


def _exceptions(fact: Fact, target: Snapshot) -> dict[tuple[str, ...], str]:
    """`_stated`, but for partitions that the target does without."""
    return {
        path: state
        for path, state in _stated(fact).items()
        if Identity("partition", path) in target
    }


def _partitions(table: Sequence[str], snapshot: Snapshot) -> Iterable[tuple[str, ...]]:
    """All partitions below `table`, however deep."""
    for fact in snapshot.of_kind("partition"):
        if tuple(fact.payload["of"]) == tuple(table):
            yield fact.identity.path
            yield from _partitions(fact.identity.path, snapshot)


KIND = Trigger()
