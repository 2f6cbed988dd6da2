"""What makes a table a partition (manual: ALTER TABLE ... ATTACH PARTITION, 5.11).

PostgreSQL takes over the indexes and keys that a table has when it is attached, and makes those
that it lacks under names of its own; so a partition is attached after all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import columns_between, hidden_rows, locks, not_null_family
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How
from gnkmigrate.kinds.equal_indexes import out_of_the_way, put_back
from gnkmigrate.kinds.foreign_keys import foreign_keys, referenced
from gnkmigrate.kinds.index_marks import in_part, is_whole
from gnkmigrate.kinds.inheritance import all_above, heirs, tables_below
from gnkmigrate.kinds.joining import (
    after_parting,
    before_joining,
    defaults_left,
    defaults_of_parents,
    is_shared,
    renames_not_null,
    shared_parts,
)
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.partition.rows_in_the_way import SAID, stops_at
from gnkmigrate.kinds.shared_keys import is_merged, is_of_family, keys_above, keys_after_parting
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import qualified

_MATCHED = frozenset({"index", "constraint"})


class PartitionKind(Kind):
    name = "partition"
    catalog = "pg_class"
    found_in = "pg_inherits"
    parent_catalog = "pg_class"
    attributes = {
        "of": How.MADE_AGAIN,
        "bound": How.MADE_AGAIN,
        "detach_pending": How.COSMETIC,
        # What those are called here that its parent has. An attached table cannot rename them.
        "foreign_keys": How.COSMETIC,
        "not_null_names": How.COSMETIC,
    }
    called_otherwise: ClassVar[Mapping[str, str]] = {"of": "its table", "bound": "its bound"}
    rank = 80
    carries_siblings = True
    has_comment = False

    def words(self, fact: Fact) -> str:
        return f"Partition {qualified(*fact.identity.path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        _refuse_more(fact, context)
        name, parent = qualified(*fact.identity.path), qualified(*fact.payload["of"])
        there = fact.parent is not None and not context.is_new(fact.parent)
        stopped = tuple(stops_at(fact, context)) if there else ()
        rows = " Rows that do not belong there stop this." if there else ""
        before = context.source.facts.get(fact.parent) if fact.parent else None
        had_parents = before is not None and before.payload.get("inherits")
        # One that has left those that it inherited is like its new parent by then.
        first = before_joining(fact.parent, context) if fact.parent and not had_parents else ()
        joined = fact.parent if there else None
        attached = Statement(
            f"ALTER TABLE {parent} ATTACH PARTITION {name} {fact.payload['bound']}",
            f"{name} is a partition of {parent} in the target.{SAID if stopped else rows}",
            lock=locks.ATTACH_PARTITION,
            relation=parent,
            scans=there,
            beside=_locked_beside(fact, context.target, _locking_users(context), context),
            stops_at=stopped,
        )
        return (
            *first,
            *(out_of_the_way(joined, context) if joined else ()),
            _with_keys(fact, attached, context),
            *(put_back(joined, context) if joined else ()),
            *(defaults_of_parents(joined, context) if joined else ()),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        name, parent = qualified(*fact.identity.path), qualified(*fact.payload["of"])
        return (
            Statement(
                f"ALTER TABLE {parent} DETACH PARTITION {name}",
                f"{name} is no such partition of {parent} in the target.",
                lock=locks.ALTER_TABLE,
                relation=parent,
                beside=_locked_beside(fact, context.source, locks.ALTER_TABLE, context),
            ),
            *(defaults_left(fact.parent, context) if fact.parent else ()),
            *(after_parting(fact.parent, context) if fact.parent else ()),
            *keys_after_parting(fact, context),
        )

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        yield "OWN", Identity("table", tuple(fact.payload["of"]))
        if fact.parent is not None and fact.parent not in context.created:
            own = context.source.children(fact.parent, "constraint")
            held = {each.payload["definition"] for each in own if each.payload["validated"]}
            for key in keys_above(fact.parent, context.target):
                if key.payload["definition"] not in held:
                    yield from hidden_rows.asked(key, fact.parent, context.target)

    def asks_besides(self, change: Change, context: Context) -> Iterator[tuple[str, Identity]]:
        fact = change.fact
        if change.verb != "remove" or fact.parent is None:
            return
        if self.leaves_first(fact, context.dropped):  # rows that refer to its own forbid that
            for key in hidden_rows.keys_to_parents(fact.parent, context.source):
                if key.identity not in context.dropped:
                    yield "OWN ROWS", fact.parent
                    yield "OWN ROWS", key.parent or fact.parent

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        # What a table and its parent share stays when they are joined or parted: it only passes
        # from the one to the other.
        if change.verb not in {"add", "remove"} or inner.verb == change.verb:
            return False
        if inner.verb not in {"add", "remove"} or change.fact.parent is None:
            return False
        snapshot = context.target if change.verb == "add" else context.source
        if inner.fact.payload.get("type") == "foreign key":
            return is_merged(inner.fact, snapshot, context)
        return any(
            is_shared(inner.fact, each) for each in shared_parts(change.fact.parent, snapshot)
        )

    def brings_about(self, fact: Fact, context: Context) -> Change | None:
        return columns_between.as_altered(fact.parent, context) if fact.parent else None

    def held_by(self, fact: Fact, context: Context) -> Iterator[Identity]:
        # What its table loses with its parent. A restrictive policy is at no time dropped.
        if fact.parent is not None and context.stays(fact.parent):
            for user in columns_between.users_of_lost(fact.parent, context):
                if user.payload.get("permissive", True):
                    yield user.identity

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        for identity in self.goes_before(fact, target):
            if _goes_along(target.facts.get(identity), target):
                yield identity

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        for child in target.children(fact.parent) if fact.parent else ():
            shared = in_part(child, target)
            if shared is not None and shared not in source:
                yield child.identity
        if (
            fact.parent is not None
            and fact.parent in source
            and renames_not_null(fact.parent, source, target)
        ):
            for below in target.once(heirs).get(fact.parent.path, ()):
                yield Identity("partition", below)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        parent = Identity("table", tuple(fact.payload["of"]))
        yield parent
        for child in source.children(fact.parent) if fact.parent else ():
            if child.kind == "inherited column" or child.payload.get("attached_to"):
                yield child.identity
        for child in source.children(parent):
            if child.kind in _MATCHED and child.payload.get("type") != "foreign key":
                yield child.identity
        if fact.parent is not None:
            yield from (each.identity for each in shared_parts(fact.parent, source))
            for key in keys_above(fact.parent, source):
                if not is_of_family(key, fact.parent, source):
                    yield key.identity

    def unlike(self, fact: Fact, context: Context) -> Iterator[Identity]:
        after = context.target.get("partition", *context.table_now(fact.identity.path))
        if after is not None and tuple(after.payload["of"]) == context.table_now(
            fact.payload["of"]
        ):
            old, new = (each.payload["not_null_names"] or {} for each in (fact, after))
            yield from not_null_family.unlike(fact, old, new, context)

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        # While the parent stays, keys that refer to it refer to this table too; and one that stays
        # does not go with its parent.
        return any(each not in dropped for each in self.dies_with(fact))

    def leaves_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        # Those keys refer to its own partitions as well.
        for below in tables_below(fact.identity.path, source):
            yield from (Identity(kind, below) for kind in ("table", "foreign table"))

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        # Clones of triggers go and come with it, and are then as they were made.
        return Effect.REPLACED if dependent.kind == "cloned trigger" else Effect.NONE

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # What its parent gave it, triggers among them, is gone when it is one no more.
        return frozenset({("given by the parent", *fact.identity.path), _among(fact)})

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        # A column or an index that goes is no longer there for the partition to share in.
        # And where rows of others went, none that goes is in the way.
        own = fact.identity.path
        shared = {("shared", *above) for above in all_above(own, target)}
        return frozenset({("its own", *own), ("apart", *own), *shared, _among(fact)})

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        parent = Identity("table", tuple(fact.payload["of"]))
        return (parent,) if fact.parent is None else (fact.parent, parent)


def _with_keys(fact: Fact, attached: Statement, context: Context) -> Statement:
    if fact.parent is None:
        return attached
    keys = keys_above(fact.parent, context.target)
    return hidden_rows.none_there(attached, fact.parent, keys, context)


def _among(fact: Fact) -> tuple[str, ...]:
    return ("partitions", *fact.payload["of"])


def _goes_along(child: Fact | None, target: Snapshot) -> bool:
    """Whether it is there when the table is attached, which gives it a share of each index."""
    if child is None or child.kind not in _MATCHED:
        return True
    if child.payload.get("type") == "foreign key":
        return False
    return is_whole(child, target) and in_part(child, target) is None


def _refuse_more(fact: Fact, context: Context) -> None:
    """Stops where being attached would give the table a share that it is not to have."""
    shares = context.target.children(fact.parent) if fact.parent else ()
    shared = {in_part(share, context.target) for share in shares}
    for index in context.source.children(Identity("table", tuple(fact.payload["of"]))):
        after = context.target.facts.get(index.identity)
        if index.kind not in _MATCHED or after is None or index.identity in context.dropped:
            continue
        if not is_whole(after, context.target) and after.identity not in shared:
            raise Unplannable(
                f"{qualified(*fact.identity.path)} becomes a partition, and is to have no share of "
                f"{index.identity}, which PostgreSQL would give it.",
                hint=f"Drop {index.identity}, and plan again.",
            )


# Before this release, ATTACH PARTITION lets those that refer to the whole alone.
_LOCKS_USERS = 150000


def _locking_users(context: Context) -> str:
    return locks.ADD_FOREIGN_KEY if context.source.server_version >= _LOCKS_USERS else locks.NONE


def _locked_beside(
    fact: Fact, snapshot: Snapshot, of_users: str, context: Context
) -> tuple[tuple[str, str], ...]:
    """The partition itself, the default one, whose rows change, and the ends of foreign keys.

    Args:
        fact: the partition.
        snapshot: where it is one.
        of_users: the lock on what refers to a table above it.
        context: both sides.
    """
    partitions = (
        (each.identity.path, locks.ALTER_TABLE)
        for each in (fact, *default_partitions(fact, snapshot))
        if each.parent is not None
    )
    above = tuple(all_above(fact.identity.path, snapshot))
    keys = [key for table in above for key in snapshot.once(foreign_keys).get(table, ())]
    used = ((other, locks.ADD_FOREIGN_KEY) for key in keys if (other := referenced(key)))
    users = ((key.parent.path, of_users) for key in keys if key.parent and referenced(key) in above)
    found: dict[str, str] = {}
    for table, lock in (*partitions, *users, *used):
        if lock and table not in above and not context.is_new(Identity("table", table)):
            found.setdefault(qualified(*table), lock)
    return tuple(found.items())


def default_partitions(fact: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """Those of the same table that take the rows of no other: beside `fact`, one at most."""
    for other in snapshot.of_kind("partition"):
        is_default = other.payload["bound"] == "DEFAULT"
        if is_default and other.payload["of"] == fact.payload["of"] and other is not fact:
            yield other


KIND = PartitionKind()
