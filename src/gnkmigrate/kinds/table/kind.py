"""Tables (manual: CREATE TABLE, ALTER TABLE, 5.11 for partitions).

A new table is written with its columns, their defaults and its own constraints in one command;
foreign keys follow when both tables are there. A new partition is a table of its own first, with
everything that its parent will want of it, and is attached when all of its indexes are there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, not_null_family, not_null_renames, row_valued_views
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.kinds.hidden_rows import keys_at
from gnkmigrate.kinds.inheritance import all_above, parents
from gnkmigrate.kinds.joining import checks_made, is_shared, shared_parts, tables_above
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.leaving import unlike_when_joined
from gnkmigrate.kinds.not_null_family import has_its_own
from gnkmigrate.kinds.not_null_name import NAMED
from gnkmigrate.kinds.partition.kind import default_partitions
from gnkmigrate.kinds.sequence_options import UNLOGGED
from gnkmigrate.kinds.shared_keys import keys_above
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.table.altering import alter_table, altered, is_written, switches
from gnkmigrate.kinds.table.between import halfway, is_bound
from gnkmigrate.kinds.table.definition import afterwards, command, of_parents
from gnkmigrate.postgres.quoting import identifier, qualified


class TableKind(Kind):
    name = "table"
    catalog = "pg_class"
    parent_catalog = "pg_namespace"
    attributes = {
        "persistence": How.ALTERED,
        "options": How.ALTERED,
        "toast_options": How.ALTERED,
        "partitioned_by": How.MADE_AGAIN,
        "inherits": How.ALTERED,
        "of_type": How.ALTERED,
        "access_method": How.ALTERED,
        "tablespace": How.ALTERED,
        "replica_identity": How.ALTERED,
        "row_security": How.ALTERED,
        "row_security_forced": How.ALTERED,
        "is_partition": How.COSMETIC,
        # NOT NULL that a child has beside its parent's: it cannot be given, taken or renamed.
        "own_not_null": How.COSMETIC,
    }
    rank = 60
    word = "TABLE"
    has_owner = True
    has_label = True
    grant_word = "TABLE"
    is_relation = True
    holds_data = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        name = qualified(*fact.identity.path)
        plain = fact.has(
            {"replica_identity": "default", "row_security": False, "row_security_forced": False}
        )
        return (
            Statement(command(fact, parts, context), f"Table {name} is missing."),
            *switches(Change("alter", plain, fact)),
            *afterwards(fact, parts, context),
        )

    def mentions(self, fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
        if fact.payload.get("partitioned_by"):  # a partition has the columns of those above
            for path in (fact.identity.path, *all_above(fact.identity.path, snapshot)):
                table = Identity("table", path)
                yield from (each.identity for each in snapshot.children(table, "column"))

    def drop(self, fact: Fact, context: Context) -> Statements:
        name = qualified(*fact.identity.path)
        others = sorted({*_locked_with(fact, context.source)} - {fact.identity.path})
        return (
            Statement(
                f"DROP TABLE {name}",
                f"Table {name} is not in the target.",
                lock=locks.DROP,
                relation=name,
                loses_data=f"all rows of {name}",
                beside=tuple((qualified(*other), locks.DROP) for other in others),
            ),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        if change.before is None:
            return None
        if "access_method" in differing and context.source.server_version < _SET_ACCESS_METHOD:
            return None
        return tuple(altered(change, change.before, differing, context))

    def renames_after(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        # What it has by itself of NOT NULL is renamed while those above keep theirs to themselves.
        if has_its_own(fact, target):
            yield from (Identity("table", each) for each in all_above(fact.identity.path, target))

    def rename(self, change: Change, context: Context) -> Statements:
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        renamed = alter_table(old, f"RENAME TO {new}", f"{old} is to be called {new}.")
        return (renamed, *not_null_renames.follows_table(change, context))

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        # What a child shares with its parent is the parent's: it stays when the two are joined
        # or parted, and only passes from the one to the other.
        if change.before is None or "inherits" not in change.differing:
            return False
        joined = inner.after is None
        side = change.fact if joined else change.before
        snapshot = context.target if joined else context.source
        return inner.verb in {"add", "remove"} and any(
            is_shared(inner.fact, above) for above in shared_parts(side.identity, snapshot)
        )

    def takes_along(
        self, change: Change, context: Context
    ) -> Iterator[tuple[Fact, Mapping[str, Any]]]:
        if change.before is None or "persistence" not in change.differing:
            return
        if context.source.server_version < UNLOGGED or change.fact.payload["partitioned_by"]:
            return
        values = {"persistence": change.fact.payload["persistence"]}
        path = change.before.identity.path
        for fact in context.source.of_kind("sequence"):
            if tuple((fact.payload["owned_by"] or ())[:-1]) == path:
                yield fact, values
        for column in context.source.children(change.before.identity, "column"):
            for fact in context.source.children(column.identity, "identity"):
                yield fact, values

    def unlike(self, fact: Fact, context: Context) -> Iterator[Identity]:
        yield from unlike_when_joined(fact, context)
        after = context.target.facts.get(context.as_called_then(fact).identity)
        if after is not None and min(each.server_version for each in context.sides) >= NAMED:
            old, new = (each.payload.get("own_not_null") or {} for each in (fact, after))
            yield from not_null_family.unlike(fact, old, new, context)

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        del context
        for parent in fact.payload.get("inherits") or ():
            yield "OWN", Identity("table", tuple(parent))

    def asks_again(self, change: Change) -> bool:
        return "inherits" in change.differing

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        # The command that makes a partition writes down what it has of its parent.
        if fact.payload["is_partition"]:
            for part in of_parents(fact, target):
                yield from part.depends_on
        # One that inherits has the settings of its parents' columns as they are when it is made.
        elif fact.payload["inherits"]:
            for above in tables_above(fact.identity, target):
                for kind in ("column", "inherited column"):
                    yield from (each.identity for each in target.children(above.identity, kind))

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        # What all parents have is alike before a table is joined to one more.
        before = change.before.payload["inherits"] if change.before else None
        if any(each not in (before or ()) for each in change.fact.payload["inherits"] or ()):
            yield from (each.identity for each in shared_parts(change.identity, target))
        # A type is given to a table that has just the type's columns by then.
        if "of_type" in change.differing and change.fact.payload["of_type"]:
            yield from (each.identity for each in target.children(change.identity, "column"))
        if change.before is not None and is_bound(change.before, change.fact):
            yield from (key.identity for key in keys_at(change.identity, target))
        # A logged table may not refer to an unlogged one, at no time.
        if "persistence" not in change.differing:
            return
        unlogged = change.fact.payload["persistence"] == "unlogged"
        for key in target.of_kind("constraint"):
            if (references := key.payload["references"]) and key.parent is not None:
                referenced = Identity("table", (references["schema"], references["table"]))
                if unlogged and referenced == change.identity != key.parent:
                    yield key.parent
                elif not unlogged and key.parent == change.identity != referenced:
                    yield referenced

    def in_the_way(self, change: Change, context: Context) -> Iterator[Identity]:
        if change.before is not None and is_written(change):
            yield from row_valued_views.keeping([change.before.identity.path], context.source)

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        if fact.payload.get("of_type"):  # only with just the type's columns
            yield from (each.identity for each in source.children(fact.identity, "column"))
        yield from row_valued_views.keeping([fact.identity.path], source)
        before = source.facts.get(fact.identity)
        if before is None:
            return
        # A foreign table is neither logged nor unlogged.
        if before.payload.get("persistence") != fact.payload.get("persistence"):
            yield from (key.identity for key in keys_at(fact.identity, source))

    def alters_before(
        self, change: Change, source: Snapshot, target: Snapshot
    ) -> Iterator[Identity]:
        yield from row_valued_views.keeping([change.identity.path], target)
        # A check goes down to whatever is below by then.
        if change.before is None or "inherits" not in change.differing:
            return
        left = {*all_above(change.before.identity.path, source)}
        yield from checks_made(left.difference(all_above(change.identity.path, target)), target)

    def leaves(self, change: Change, source: Snapshot) -> Iterator[Identity]:
        if change.before is not None and "inherits" in change.differing:
            for parent in parents(change.before.identity.path, source):
                yield from (Identity(kind, parent) for kind in ("table", "foreign table"))

    def is_indifferent(self, change: Change, gone: Fact) -> bool:
        # A column goes later where a check is first to do without it, which waits for the table.
        return gone.kind == "column" and {"inherits", "of_type"}.isdisjoint(change.differing)

    def shows(self, before: Fact | None, after: Fact | None) -> Shows | None:
        """Without row security everybody sees all rows whom privileges let."""
        hid, hides = (bool(each and each.payload.get("row_security")) for each in (before, after))
        return Shows.MORE if after and hid and not hides else super().shows(before, after)

    def changes_with_guards(self, change: Change) -> bool:
        """Else an old owner, or a new one, sees all rows whom row security is about to bind."""
        return not _SWITCHES.isdisjoint(change.differing)

    def halfway(self, change: Change, context: Context) -> Fact | None:
        return halfway(change, context)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})


_SET_ACCESS_METHOD = 150000
_SWITCHES = frozenset({"row_security", "row_security_forced"})


def _locked_with(fact: Fact, source: Snapshot) -> Iterator[tuple[str, ...]]:
    """The tables that dropping this one locks: those that it refers to, or is a partition of."""
    own = source.children(fact.identity, "constraint")
    for key in (*own, *keys_above(fact.identity, source)):
        if (other := referenced(key)) is not None:
            yield other
    for partition in source.children(fact.identity, "partition"):
        yield tuple(partition.payload["of"])
        yield from (each.identity.path for each in default_partitions(partition, source))


KIND = TableKind()
