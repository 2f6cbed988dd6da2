"""What makes a table a partition (manual: ALTER TABLE ... ATTACH PARTITION, 5.11).

PostgreSQL takes over the indexes and keys that a table has when it is attached, and makes those
that it lacks under names of its own; so a partition is attached after all of them.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.kind import Context, How, Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import qualified

_MATCHED = frozenset({"index", "constraint", "inherited column"})


class PartitionKind(Kind):
    name = "partition"
    catalog = "pg_class"
    parent_catalog = "pg_class"
    attributes = {
        "of": How.MADE_AGAIN,
        "bound": How.MADE_AGAIN,
        "detach_pending": How.COSMETIC,
    }
    rank = 80
    carries_siblings = True
    has_comment = False

    def words(self, fact: Fact) -> str:
        return f"Partition {qualified(*fact.identity.path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        name, parent = qualified(*fact.identity.path), qualified(*fact.payload["of"])
        return (
            Statement(
                f"ALTER TABLE {parent} ATTACH PARTITION {name} {fact.payload['bound']}",
                f"{name} is a partition of {parent} in the target.",
                lock=locks.ATTACH_PARTITION,
                relation=parent,
                scans=fact.parent is not None and not context.is_new(fact.parent),
            ),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name, parent = qualified(*fact.identity.path), qualified(*fact.payload["of"])
        return (
            Statement(
                f"ALTER TABLE {parent} DETACH PARTITION {name}",
                f"{name} is no such partition of {parent} in the target.",
                lock=locks.ALTER_TABLE,
                relation=parent,
            ),
        )

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        # What a table and its parent share stays when they are joined or parted: it only passes
        # from the one to the other.
        if change.verb not in {"add", "remove"} or inner.verb == change.verb:
            return False
        if inner.verb not in {"add", "remove"}:
            return False
        snapshot = context.target if change.verb == "add" else context.source
        parent = snapshot.facts.get(Identity("table", tuple(change.fact.payload["of"])))
        while parent is not None:
            if any(is_shared(inner.fact, each) for each in _shareable(parent, snapshot)):
                return True
            above = snapshot.children(parent.identity, "partition")
            parent = (
                snapshot.facts.get(Identity("table", tuple(above[0].payload["of"])))
                if above
                else None
            )  # noqa: E501
        return False

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        parent = Identity("table", tuple(fact.payload["of"]))
        yield parent
        for table in (fact.parent, parent):
            for child in target.children(table) if table else ():
                if child.kind in _MATCHED:
                    yield child.identity

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return () if fact.parent is None else (fact.parent,)


def is_shared(own: Fact, above: Fact) -> bool:
    """Whether a part of a table is its parent's too: a column or a default by the column's name,
    a check by its name."""
    if own.kind != above.kind or own.identity.name != above.identity.name:
        return False
    return own.kind in {"column", "default"} or own.payload.get("type") == "check"


def _shareable(table: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    for child in snapshot.children(table.identity):
        yield child
        if child.kind == "column":
            yield from snapshot.children(child.identity, "default")


KIND = PartitionKind()
