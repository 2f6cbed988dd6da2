"""A published table whose rows nothing tells apart.

A publication that publishes updates and deletes sends the old key of a row along. A table that has
none (no primary key that is checked at once, no REPLICA IDENTITY) then refuses every UPDATE and
DELETE of the application, from the moment at which it is published. A partitioned table is as its
partitions are, which have the rows. Tables that are UNLOGGED are not published.

Sources: PostgreSQL manual, 29.1 (publications), ALTER TABLE (REPLICA IDENTITY).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.foreign_keys import wholes_above
from gnkmigrate.postgres.quoting import qualified

_ALL = ""
_NEEDS_KEY = {"update": "UPDATE", "delete": "DELETE"}
_WORDS = {"default": "DEFAULT", "nothing": "NOTHING"}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    published = _published(snapshot)
    for table in snapshot.of_kind("table") if published else ():
        if table.value("partitioned_by") or table.value("persistence") != "permanent":
            continue
        names = {name for each in _places(table, snapshot) for name in published.get(each, ())}
        if names and not _has_identity(table, snapshot):
            yield _observation(table, sorted(names), snapshot, home)


def _published(snapshot: Snapshot) -> Mapping[Sequence[str], AbstractSet[str]]:
    """The publications of updates or deletes by table, schema, or (_ALL,) for all tables."""
    found = defaultdict[Sequence[str], set[str]](set)
    for publication in snapshot.of_kind("publication"):
        if not _refused(publication):
            continue
        name = publication.identity.name
        if publication.value("all_tables"):
            found[(_ALL,)].add(name)
        for entry in snapshot.children(publication.identity, "publication table"):
            found[tuple(entry.value("table"))].add(name)
        for entry in snapshot.children(publication.identity, "publication schema"):
            found[(entry.identity.name,)].add(name)
    return found


def _places(table: Fact, snapshot: Snapshot) -> Iterator[Sequence[str]]:
    """Where a table may be said to be published: by itself, as a partition, by schema, with all."""
    yield (_ALL,)
    for path in (table.identity.path, *wholes_above(table.identity, snapshot)):
        yield path
        yield path[:1]


def _refused(publication: Fact) -> list[str]:
    return [_NEEDS_KEY[each] for each in publication.value("publish") if each in _NEEDS_KEY]


def _has_identity(table: Fact, snapshot: Snapshot) -> bool:
    kind = table.value("replica_identity")
    keys = snapshot.children(table.identity, "constraint")
    if kind == "default":
        return any(
            key.value("type") == "primary key" and " DEFERRABLE" not in str(key.value("definition"))
            for key in keys
        )
    chosen = (*keys, *snapshot.children(table.identity, "index"))
    return kind == "full" or (
        kind == "index" and any(each.value("replica_identity") for each in chosen)
    )


def _observation(table: Fact, names: Sequence[str], snapshot: Snapshot, home: str) -> Observation:
    facts = [snapshot.facts.get(Identity("publication", (name,))) for name in names]
    refused = {word for fact in facts if fact is not None for word in _refused(fact)}
    alter = f"ALTER TABLE {qualified(*table.identity.path)} REPLICA IDENTITY"
    now = _WORDS.get(str(table.value("replica_identity")))
    what = " and ".join(sorted(refused, reverse=True))
    return Observation(
        object_of(table),
        f"Table {object_of(table).label(home)} is published by {', '.join(names)} and has no "
        f"replica identity: {what} of it {'fail' if len(refused) > 1 else 'fails'}.",
        fix=(f"{alter} FULL",),
        undo=(f"{alter} {now}",) if now else (),
    )


CHECK = StructureCheck(
    id="GNK-S053",
    slug="published-without-identity",
    title="Every published table tells its rows apart",
    severity=Severity.HIGH,
    impact="The application can insert rows into it, and change or delete none.",
    recommendation="Give it a primary key, or choose a unique index (REPLICA IDENTITY USING "
    "INDEX); FULL sends whole rows, which is slow for large ones.",
    find=find,
)
