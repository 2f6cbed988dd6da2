"""Triggers of tables and views (manual: CREATE TRIGGER, ALTER TABLE ... ENABLE TRIGGER)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.postgres.quoting import identifier, qualified
from gnkmigrate.kinds.kind import Context, How, Kind, last_names
from gnkmigrate.kinds.statement import Statement, Statements

_STATES = {
    "origin": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


class TriggerKind(Kind):
    name = "trigger"
    catalog = "pg_trigger"
    parent_catalog = "pg_class"
    attributes = {"definition": How.ALTERED, "constraint": How.MADE_AGAIN, "enabled": How.ALTERED}
    rank = 84
    word = "TRIGGER"

    def reference(self, fact: Fact) -> str:
        *table, name = fact.identity.path
        return f"TRIGGER {identifier(name)} ON {qualified(*table)}"


    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        word = "CREATE CONSTRAINT TRIGGER" if fact.payload["constraint"] else "CREATE TRIGGER"
        created = _define(fact, word, f"{_name(fact)} is missing.")
        return (created, *_enable(fact, "origin"))

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        *table, name = fact.identity.path
        return (
            Statement(
                f"DROP TRIGGER {identifier(name)} ON {qualified(*table)}",
                f"{_name(fact)} is not in the target.",
                lock=locks.DROP_TRIGGER,
                relation=qualified(*table),
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements | None:
        del context
        before, after = change.before or change.fact, change.fact
        if before.payload["definition"] == after.payload["definition"]:
            return _enable(after, before.payload["enabled"])
        if before.payload["constraint"] or after.payload["constraint"]:
            # CREATE OR REPLACE does not know constraint triggers.
            return None
        reason = f"{_name(after)} is defined otherwise in the target."
        replaced = _define(after, "CREATE OR REPLACE TRIGGER", reason)
        return (replaced, *_enable(after, "origin"))

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = last_names(change)
        table = qualified(*change.identity.path[:-1])
        return (
            Statement(
                f"ALTER TRIGGER {old} ON {table} RENAME TO {new}",
                f"Trigger {old} is to be called {new}.",
                lock=locks.RENAME,
                relation=table,
            ),
        )


def _define(fact: Fact, command: str, reason: str) -> Statement:
    *table, name = fact.identity.path
    return Statement(
        f"{command} {identifier(name)} {reprintable(fact.payload['definition'])}",
        reason,
        lock=locks.CREATE_TRIGGER,
        relation=qualified(*table),
    )


def _enable(fact: Fact, state: str) -> Statements:
    wanted = fact.payload["enabled"]
    if wanted == state:
        return ()
    *table, name = fact.identity.path
    return (
        Statement(
            f"ALTER TABLE {qualified(*table)} {_STATES[wanted]} TRIGGER {identifier(name)}",
            f"{_name(fact)} is {wanted} in the target.",
            lock=locks.ENABLE_TRIGGER,
            relation=qualified(*table),
        ),
    )


def _name(fact: Fact) -> str:
    *table, name = fact.identity.path
    return f"Trigger {identifier(name)} of {qualified(*table)}"


KIND = TriggerKind()
