"""A table with several equal indexes that becomes a partition.

ATTACH PARTITION takes the oldest of those that are like the parent's (tablecmds.c,
AttachPartitionEnsureIndexes), which need not be the one that the target has there; and what is a
share of the parent's is never one no more while the table is a partition.
"""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified


def out_of_the_way(table: Identity, context: Context) -> Iterator[Statement]:
    """Drops those that could be taken, and are not to be.

    Raises:
        Unplannable: something may need one of them meanwhile.
    """
    for index in _mistakable(table, context):
        name = qualified(*index.identity.path)
        if index.payload["unique"]:
            raise Unplannable(
                f"{qualified(*table.path)} becomes a partition, and PostgreSQL may take the unique "
                f"index {name} for its share of the parent's instead of the target's.",
                hint=f"Drop {name}, and plan again.",
            )
        reason = f"Index {name} makes way: it could be taken for the share of the parent's."
        for statement in kind_of("index").drop(index, context):
            yield replace(statement, reason=reason)


def put_back(table: Identity, context: Context) -> Iterator[Statement]:
    """Makes them again, with what hangs on them."""
    for index in _mistakable(table, context):
        after = context.target.facts[index.identity]
        reason = f"Index {qualified(*index.identity.path)} is made again."
        for fact in (after, *context.target.children(after.identity)):
            for statement in kind_of(fact.kind).create(fact, (), context):
                yield replace(statement, reason=reason)


def _mistakable(table: Identity, context: Context) -> Iterator[Fact]:
    shares = [
        each for each in context.target.children(table, "index") if each.payload["attached_to"]
    ]
    for index in context.source.children(table, "index"):
        after = context.target.facts.get(index.identity)
        if after is None or index.identity in context.dropped or after.payload["attached_to"]:
            continue
        if any(_is_equal(index, share) for share in shares):
            yield index


def _is_equal(one: Fact, other: Fact) -> bool:
    return all(one.payload[each] == other.payload[each] for each in ("definition", "unique"))
