"""What makes a table a partition (manual: ALTER TABLE ... ATTACH PARTITION, 5.11).

PostgreSQL takes over the indexes and keys that a table has when it is attached, and makes those
that it lacks under names of its own; so a partition is attached after all of them.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
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

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        parent = Identity("table", tuple(fact.payload["of"]))
        yield parent
        for table in (fact.parent, parent):
            for child in target.children(table) if table else ():
                if child.kind in _MATCHED:
                    yield child.identity

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return () if fact.parent is None else (fact.parent,)


KIND = PartitionKind()
