"""Defaults of columns (manual: ALTER TABLE). They count for new rows only."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import columns_above
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
        path = fact.identity.path
        inherited = fact.parent == _whole(fact, context.source)
        stays = context.target.get("column", *path) or any(columns_above(path, context.target))
        if inherited and not stays:
            return ()  # the column goes with the parent table's
        reason = f"The target has no default for {_name(fact)}."
        return (_alter_column(fact, "DROP DEFAULT", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        return self.create(change.fact, (), context)

    def is_inline(self, fact: Fact) -> bool:
        return fact.parent is not None and fact.parent.kind == "column"

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        if self.is_inline(fact):
            return super().dies_with(fact)
        table = fact.identity.path[:-1]  # an inherited column goes with its table alone
        return (Identity("table", table), Identity("foreign table", table))

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # A table that is a partition no more gives up what it had of its parent first.
        return frozenset({("given by the parent", *fact.identity.path[:-1])})

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("value", *fact.identity.path)})


def _whole(fact: Fact, snapshot: Snapshot) -> Identity | None:
    """The table itself, where the column is no fact of its own."""
    parent = snapshot.facts.get(fact.parent) if fact.parent else None
    return parent.identity if parent is not None and parent.kind == "table" else None


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
