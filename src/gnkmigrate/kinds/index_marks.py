"""What an index, or a key's index, is besides (manual: ALTER INDEX, ALTER TABLE).

A partition's share of its parent's, the order that CLUSTER keeps, its table's replica identity.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


def share_of(above: Sequence[str]) -> Identity:
    """The parent's index or key that `attached_to` names; a key is named with its table."""
    return Identity("index" if len(above) == _INDEX_PATH else "constraint", tuple(above))


_INDEX_PATH = 2


def is_parted_from(fact: Fact, cause: Identity, context: Context) -> bool:
    """Whether `cause` is the parent's index, of which the partition's share is its own by then."""
    above = fact.payload["attached_to"]
    if not above or cause != share_of(above) or fact.parent is None:
        return False
    return Identity("partition", fact.parent.path) in context.dropped


def stays_behind(fact: Fact, dropped: AbstractSet[Identity]) -> bool:
    """Whether a partition's index does not go with the parent's: it is no partition by then."""
    if not fact.payload["attached_to"] or fact.parent is None or fact.parent in dropped:
        return False
    return Identity("partition", fact.parent.path) in dropped


def own_partition(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """What must be attached before a table gets an index, or a key.

    Being attached, a table would give its parent whichever of its indexes fits first; and it would
    get its share of each that the parent has, of those too in which not all partitions share.
    """
    if fact.parent is None:
        return
    if not is_whole(fact, target):
        yield from (each.identity for each in _partitions(fact.parent, target))
    if not fact.payload["attached_to"]:
        yield from (each.identity for each in target.children(fact.parent, "partition"))


def in_part(share: Fact, target: Snapshot) -> Identity | None:
    """The parent's index or key that `share` is a share of, where not all partitions have one."""
    above = share.payload.get("attached_to")
    shared = target.facts.get(share_of(above)) if above else None
    return shared.identity if shared is not None and not is_whole(shared, target) else None


def comes_along(fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
    """The partition that is attached after its share of an index that is there already."""
    shared = in_part(fact, target)
    if fact.parent is not None and shared is not None and shared in source:
        yield from (each.identity for each in target.children(fact.parent, "partition"))


def _partitions(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    for each in snapshot.of_kind("partition"):
        if tuple(each.payload["of"]) == table.path:
            yield each


def is_taken_away(change: Change, context: Context) -> bool:
    """Whether an index is no longer its parent's: only the end of the partition does that."""
    if change.before is None or change.fact.parent is None:
        return False
    was, now = change.before.payload["attached_to"], change.fact.payload["attached_to"]
    partition = Identity("partition", change.before.parent.path if change.before.parent else ())
    return bool(was and was != now and partition not in context.dropped)


_WITHOUT_INDEX = frozenset({"check", "foreign key"})


def is_whole(fact: Fact, snapshot: Snapshot) -> bool:
    """Whether all partitions share in their parent's index or key."""
    if "valid" in fact.payload:
        return bool(fact.payload["valid"])
    if fact.payload.get("type") in _WITHOUT_INDEX:
        return True
    partitions = tuple(_partitions(fact.parent, snapshot)) if fact.parent else ()
    shares = [snapshot.facts[each] for each in attached_children(fact, snapshot)]
    return len(shares) == len(partitions) and all(is_whole(each, snapshot) for each in shares)


def held_by(fact: Fact, context: Context) -> Iterator[Identity]:
    """The parent's index or key, without which a share of it cannot go."""
    above, table = fact.payload["attached_to"], fact.parent
    if above and table is not None:
        both = {table, Identity("partition", table.path)}
        if both.isdisjoint(context.dropped):
            yield share_of(above)


def attach(fact: Fact, context: Context) -> Statements:
    """ALTER INDEX ... ATTACH PARTITION, unless another command of the plan does it in passing."""
    above = fact.payload["attached_to"]
    if not above or fact.parent is None:
        return ()
    partition = Identity("partition", fact.parent.path)
    if share_of(above) in context.created or partition in context.created:
        return ()
    return (_attached(above, fact),)


def attach_some(fact: Fact, context: Context) -> Iterator[Statement]:
    """The same for those partitions that share in a new index, where not all of them do."""
    target = context.target
    for identity in () if is_whole(fact, target) else attached_children(fact, target):
        yield _attached(fact.identity.path, target.facts[identity])


def _attached(above: Sequence[str], share: Fact) -> Statement:
    parent = qualified(above[0], above[-1])
    own = qualified(share.identity.path[0], share.identity.name)
    return Statement(
        f"ALTER INDEX {parent} ATTACH PARTITION {own}",
        f"Index {own} is the partition's share of {parent}.",
        lock=locks.ACCESS_SHARE,
        relation=parent,
    )


def attached_children(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """The indexes or keys of partitions that are theirs of `fact`, which is the parent's."""
    if fact.parent is None:
        return
    for partition in _partitions(fact.parent, target):
        if partition.parent is not None:
            for own in target.children(partition.parent):
                if tuple(own.payload.get("attached_to") or ()) == fact.identity.path:
                    yield own.identity


def marks(
    fact: Fact, table: Identity, context: Context, before: Fact | None = None
) -> Iterator[Statement]:
    """Statements for CLUSTER ON and REPLICA IDENTITY USING INDEX, where they are not so yet."""
    relation, index = qualified(*table.path), identifier(fact.identity.name)
    was = before.payload if before else {"clustered": False, "replica_identity": False}
    now = fact.payload
    if now["clustered"] and not was["clustered"]:
        reason = f"The target keeps {relation} in the order of {index}."
        yield _alter(relation, f"CLUSTER ON {index}", reason, locks.CLUSTER_ON)
    if was["clustered"] and not now["clustered"] and not _is_clustered(table, context):
        reason = f"The target keeps {relation} in no order."
        yield _alter(relation, "SET WITHOUT CLUSTER", reason, locks.CLUSTER_ON)
    if now["replica_identity"] and not was["replica_identity"]:
        reason = f"The replica identity of {relation} is {index} in the target."
        yield _alter(relation, f"REPLICA IDENTITY USING INDEX {index}", reason)


def _is_clustered(table: Identity, context: Context) -> bool:
    return any(child.payload.get("clustered") for child in context.target.children(table))


def _alter(relation: str, action: str, reason: str, lock: str = locks.ALTER_TABLE) -> Statement:
    return Statement(f"ALTER TABLE {relation} {action}", reason, lock=lock, relation=relation)
