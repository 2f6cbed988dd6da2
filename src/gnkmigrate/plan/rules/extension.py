"""Extensions (manual: CREATE EXTENSION, ALTER EXTENSION, DROP EXTENSION)."""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan.quoting import identifier
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.statement import Statement, Statements


class ExtensionRule(Rule):
    kind = "extension"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name, schema = identifier(fact.identity.name), identifier(fact.payload["schema"])
        return (
            Statement(
                f"CREATE EXTENSION {name} WITH SCHEMA {schema}", f"Extension {name} is missing."
            ),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name = identifier(fact.identity.name)
        return (Statement(f"DROP EXTENSION {name}", f"Extension {name} is not in the target."),)

    def alter(self, change: Change, context: Context) -> Statements:
        del context
        name, schema = identifier(change.identity.name), identifier(change.fact.payload["schema"])
        return (
            Statement(
                f"ALTER EXTENSION {name} SET SCHEMA {schema}",
                f"The target has extension {name} in schema {schema}.",
            ),
        )

    def is_derived(self, fact: Fact) -> bool:
        del fact
        return False


RULE = ExtensionRule()
