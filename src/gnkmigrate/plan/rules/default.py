"""Defaults of columns (manual: ALTER TABLE). They count for new rows only."""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.expressions import reprintable
from gnkmigrate.plan.quoting import identifier, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.statement import Statement, Statements


class DefaultRule(Rule):
    kind = "default"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        action = f"SET DEFAULT {reprintable(fact.payload['expression'])}"
        return (_alter_column(fact, action, "The target has this default."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (_alter_column(fact, "DROP DEFAULT", "The target has no such default."),)

    def alter(self, change: Change, context: Context) -> Statements:
        return self.create(change.fact, (), context)

    def is_inline(self, fact: Fact) -> bool:
        del fact
        return True


def _alter_column(fact: Fact, action: str, reason: str) -> Statement:
    *table, column = fact.identity.path
    return Statement(
        f"ALTER TABLE {qualified(*table)} ALTER COLUMN {identifier(column)} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=qualified(*table),
    )


RULE = DefaultRule()
