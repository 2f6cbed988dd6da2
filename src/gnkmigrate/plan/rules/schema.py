"""Schemas (manual: CREATE SCHEMA, ALTER SCHEMA, DROP SCHEMA)."""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan.quoting import identifier
from gnkmigrate.plan.rule import Context, Rule, last_names
from gnkmigrate.plan.statement import Statement, Statements


class SchemaRule(Rule):
    kind = "schema"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name = identifier(fact.identity.name)
        return (Statement(f"CREATE SCHEMA {name}", f"Schema {name} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name = identifier(fact.identity.name)
        return (Statement(f"DROP SCHEMA {name}", f"Schema {name} is not in the target."),)

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = last_names(change)
        return (
            Statement(
                f"ALTER SCHEMA {old} RENAME TO {new}", f"Schema {old} is to be called {new}."
            ),
        )

    def is_derived(self, fact: Fact) -> bool:
        del fact
        return False


RULE = SchemaRule()
