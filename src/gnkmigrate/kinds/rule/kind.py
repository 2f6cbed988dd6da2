"""Rewrite rules (manual: CREATE RULE, ALTER RULE, chapter 41)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import firing, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.wording import last_names, on_table
from gnkmigrate.postgres.quoting import identifier, qualified


class Rule(Kind):
    name = "rule"
    catalog = "pg_rewrite"
    found_in = "pg_rewrite WHERE oid >= 16384"
    parent_catalog = "pg_class"
    attributes = {
        "event": How.ALTERED,
        "definition": How.ALTERED,
        "enabled": How.ALTERED,
    }
    rank = 82
    word = "RULE"

    def reference(self, fact: Fact) -> str:
        return on_table("RULE", fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        created = _define(fact, "CREATE RULE", f"{self.words(fact)} is missing.")
        return (created, *self._enable(fact, firing.ORIGIN))

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        return (_statement(fact, f"DROP {self.reference(fact)}", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        before, after = change.before or change.fact, change.fact
        redefining = sorted(differing - {"enabled"})
        reason = f"{self.words(after)} differs in: {', '.join(redefining)}."
        replaced = [_define(after, "CREATE OR REPLACE RULE", reason)] if redefining else []
        # CREATE OR REPLACE leaves it as enabled as it was.
        return (*replaced, *self._enable(after, before.payload["enabled"]))

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = last_names(change)
        table = qualified(*change.identity.path[:-1])
        sql = f"ALTER RULE {old} ON {table} RENAME TO {new}"
        return (_statement(change.fact, sql, f"Rule {old} is to be called {new}."),)

    def _enable(self, fact: Fact, state: str) -> Statements:
        wanted = fact.payload["enabled"]
        if wanted == state:
            return ()
        *table, name = fact.identity.path
        command = f"{firing.COMMANDS[wanted]} RULE {identifier(name)}"
        sql = f"ALTER TABLE {qualified(*table)} {command}"
        return (_statement(fact, sql, firing.in_target(self.words(fact), wanted)),)


def _define(fact: Fact, command: str, reason: str) -> Statement:
    *table, name = fact.identity.path
    event = f"ON {fact.payload['event']} TO {qualified(*table)}"
    definition = reprintable(fact.payload["definition"])
    return _statement(fact, f"{command} {identifier(name)} AS {event} {definition}", reason)


def _statement(fact: Fact, sql: str, reason: str) -> Statement:
    relation = qualified(*fact.identity.path[:-1])
    return Statement(sql, reason, lock=locks.ACCESS_EXCLUSIVE, relation=relation)


KIND = Rule()
