"""Defaults of columns (manual: ALTER TABLE). They count for new rows only."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Context, How, Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


class DefaultKind(Kind):
    name = "default"
    catalog = "pg_attrdef"
    parent_catalog = "pg_class"
    of_column = True
    attributes = {"expression": How.ALTERED}
    rank = 68
    inline = True
    has_comment = False

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        action = f"SET DEFAULT {reprintable(fact.payload['expression'])}"
        reason = f"The target has this default for {_name(fact)}."
        return (_alter_column(fact, action, reason),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"The target has no default for {_name(fact)}."
        return (_alter_column(fact, "DROP DEFAULT", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        return self.create(change.fact, (), context)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("value", *fact.identity.path)})


def _name(fact: Fact) -> str:
    return qualified(*fact.identity.path)


def _alter_column(fact: Fact, action: str, reason: str) -> Statement:
    *table, column = fact.identity.path
    return Statement(
        f"ALTER TABLE {qualified(*table)} ALTER COLUMN {identifier(column)} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=qualified(*table),
    )


KIND = DefaultKind()
