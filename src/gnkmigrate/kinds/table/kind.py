"""Tables (manual: CREATE TABLE, ALTER TABLE, 5.11 for partitions).

A new table is written with its columns, their defaults and its own constraints in one command;
foreign keys follow when both tables are there. A new partition is a table of its own first, with
everything that its parent will want of it, and is attached when all of its indexes are there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, not_null
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.kind import defined as column_defined
from gnkmigrate.kinds.column.kind import defined_by_type
from gnkmigrate.kinds.column.kind import settings as column_settings
from gnkmigrate.kinds.constraint.kind import KIND as CONSTRAINT
from gnkmigrate.kinds.constraint.kind import defined as constraint_defined
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.kinds.index_marks import marks
from gnkmigrate.kinds.inheritance import all_above
from gnkmigrate.kinds.joining import (
    after_parting,
    before_joining,
    checks_made,
    checks_of_parents,
    defaults_left,
    defaults_of_parents,
    is_shared,
    shared_parts,
    tables_above,
)
from gnkmigrate.kinds.kind import Context, How, Kind
from gnkmigrate.kinds.leaving import left, unlike_when_joined
from gnkmigrate.kinds.of_parents import as_set, columns_of_parents, default_of_parents
from gnkmigrate.kinds.options import listed, of_relation, set_and_reset
from gnkmigrate.kinds.partition.kind import default_partitions
from gnkmigrate.kinds.row_type import refuse_rows_held
from gnkmigrate.kinds.sequence_options import UNLOGGED
from gnkmigrate.kinds.statement import Statement, Statements
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
        name, payload = qualified(*fact.identity.path), fact.payload
        word = "CREATE UNLOGGED TABLE" if payload["persistence"] == "unlogged" else "CREATE TABLE"
        body_lines = ",\n    ".join(lines(fact, parts, context))
        body = f" (\n    {body_lines}\n)" if body_lines else "" if payload["of_type"] else " ()"
        if payload["of_type"]:
            body = f" OF {payload['of_type']}{body}"
        head = f"{word} {name}{body}"
        if payload["inherits"]:
            head += f" INHERITS ({_names(payload['inherits'])})"
        if payload["partitioned_by"]:
            head += f" PARTITION BY {payload['partitioned_by']}"
        if payload["access_method"] not in {None, "heap"}:
            head += f" USING {identifier(payload['access_method'])}"
        options = of_relation(payload)
        if options:
            head += f" WITH ({listed(options)})"
        if payload["tablespace"]:
            head += f" TABLESPACE {identifier(payload['tablespace'])}"
        plain = fact.has(
            {"replica_identity": "default", "row_security": False, "row_security_forced": False}
        )
        return (
            Statement(head, f"Table {name} is missing."),
            *_switches(Change("alter", plain, fact)),
            *afterwards(fact, parts, context),
        )

    def mentions(self, fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
        if fact.payload.get("partitioned_by"):
            yield from (each.identity for each in snapshot.children(fact.identity, "column"))

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
        old, new = change.before.payload, change.fact.payload
        name = qualified(*change.identity.path)
        if "access_method" in differing and context.source.server_version < _SET_ACCESS_METHOD:
            return None
        if not {"persistence", "access_method"}.isdisjoint(differing) and not new["partitioned_by"]:
            refuse_rows_held(change.before.identity.path, f"Table {name} is rewritten", context)
        statements: list[Statement] = []
        if "inherits" in differing:
            statements += _reparented(change, context)
        if "of_type" in differing:
            action = f"OF {new['of_type']}" if new["of_type"] else "NOT OF"
            statements.append(_alter(name, action, f"Table {name} has another type in the target."))
        if "persistence" in differing:
            statements.append(_persistence(name, new["persistence"]))
        if "access_method" in differing:
            # A partitioned table that names none takes whatever is usual (ALTER TABLE, Notes).
            unsaid = "DEFAULT" if new["partitioned_by"] else "heap"
            method = identifier(new["access_method"]) if new["access_method"] else unsaid
            reason = f"The target stores {name} by {method}."
            statements.append(_alter(name, f"SET ACCESS METHOD {method}", reason, rewrites=True))
        if "tablespace" in differing:
            space = identifier(new["tablespace"] or "pg_default")
            reason = f"The target has {name} in tablespace {space}."
            statements.append(_alter(name, f"SET TABLESPACE {space}", reason, scans=True))
        statements += _options(name, old, new)
        return (*statements, *_switches(change))

    def rename(self, change: Change, context: Context) -> Statements:
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        renamed = _alter(old, f"RENAME TO {new}", f"{old} is to be called {new}.")
        return (renamed, *not_null.follows_table(change, context))

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

    def unlike(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        yield from unlike_when_joined(fact, source, target)
        yield from not_null.unlike(fact, source, target)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        # The command that makes a partition writes down what it has of its parent.
        if fact.payload["is_partition"]:
            for part in _of_parents(fact, target):
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

    def alters_before(
        self, change: Change, source: Snapshot, target: Snapshot
    ) -> Iterator[Identity]:
        # A check goes down to whatever is below by then.
        if change.before is None or "inherits" not in change.differing:
            return
        left = {*all_above(change.before.identity.path, source)}
        yield from checks_made(left.difference(all_above(change.identity.path, target)), target)

    def halfway(self, change: Change) -> Fact | None:
        # It comes to be of a type when its columns are.
        before, after = change.before, change.fact
        if before is None or before.payload.get("of_type") or not after.payload.get("of_type"):
            return None
        types = {each for each in after.depends_on if each.kind == "composite type"}
        return after.has({"of_type": None}).replaced(depends_on=after.depends_on - types)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})


_SET_ACCESS_METHOD = 150000


def lines(fact: Fact, parts: Sequence[Fact], context: Context) -> list[str]:
    """The columns and constraints of a new table, each as it stands between the parentheses."""
    inherited = tuple(_of_parents(fact, context.target)) if fact.payload["is_partition"] else ()
    return [
        *_columns(fact, [*inherited, *parts], context),
        *not_null.of_table(fact),
        *_constraints([*inherited, *parts]),
    ]


def _locked_with(fact: Fact, source: Snapshot) -> Iterator[tuple[str, ...]]:
    """The tables that dropping this one locks: those that it refers to, or is a partition of."""
    for key in source.children(fact.identity, "constraint"):
        if (other := referenced(key)) is not None:
            yield other
    for partition in source.children(fact.identity, "partition"):
        yield tuple(partition.payload["of"])
        yield from (each.identity.path for each in default_partitions(partition, source))


def _columns(fact: Fact, parts: Sequence[Fact], context: Context) -> Iterator[str]:
    """Each column of the new table with what is said in its line."""
    defaults = {part.identity.name: part for part in parts if part.kind == "default"}
    identities = {part.identity.name: part for part in parts if part.kind == "identity"}
    columns = {part.identity.name: part for part in parts if part.kind == "column"}
    for column in sorted(columns.values(), key=lambda part: (part.position, part.identity)):
        name = column.identity.name
        default = defaults.get(name)
        expression = default.payload["expression"] if default else None
        if not fact.payload.get("of_type"):
            yield column_defined(column, expression, identities.get(name), context)
        elif line := defined_by_type(column, expression, context):
            yield line


def afterwards(fact: Fact, parts: Sequence[Fact], context: Context) -> Iterator[Statement]:
    """What CREATE TABLE has no words for."""
    if fact.payload["is_partition"]:
        for column in _columns_of_parents(fact, context.target):
            yield from column_settings(column)
    repeated = _repeated(parts)
    for part in parts:
        if part.kind == "column":
            yield from column_settings(part)
        elif part in repeated:
            yield from CONSTRAINT.create(part, (), context)
        elif part.kind == "constraint" and part.parent is not None:
            yield from marks(part, part.parent, context)


def _constraints(parts: Sequence[Fact]) -> Iterator[str]:
    repeated = _repeated(parts)
    for part in _in_turn(parts):
        if part not in repeated:
            yield constraint_defined(part)


def _in_turn(parts: Sequence[Fact]) -> Sequence[Fact]:
    constraints = {part.identity.name: part for part in parts if part.kind == "constraint"}
    return sorted(
        constraints.values(),
        key=lambda each: (each.payload["type"] != "primary key", each.identity),
    )


def _repeated(parts: Sequence[Fact]) -> frozenset[Fact]:
    """Keys like one before them: CREATE TABLE makes but one of those, and says nothing of it."""
    found, seen = set(), set()
    for part in _in_turn(parts):
        match part.payload["type"]:
            case "primary key" | "unique":
                like = ("key", *part.payload["columns"])
            case "exclusion":
                like = ("exclusion", part.payload["definition"])
            case _:
                continue
        if like in seen:
            found.add(part)
        seen.add(like)
    return frozenset(found)


def _of_parents(fact: Fact, target: Snapshot) -> Iterator[Fact]:
    """What a partition must have before it is attached: the columns and checks of those above."""
    for column in _columns_of_parents(fact, target):
        yield column
        default = default_of_parents(column.identity.path, target)
        if default is not None:
            yield default
    yield from checks_of_parents(fact.identity, target)


def _columns_of_parents(fact: Fact, target: Snapshot) -> Iterator[Fact]:
    for column in columns_of_parents(fact.identity, target).values():
        yield as_set(column, target)


def _names(tables: Sequence[Sequence[str]]) -> str:
    return ", ".join(qualified(*table) for table in tables)


def _reparented(change: Change, context: Context) -> Iterator[Statement]:
    """Out of the parents that go and into those that come."""
    name = qualified(*change.identity.path)
    old = (change.before or change.fact).payload["inherits"] or ()
    new = change.fact.payload["inherits"] or ()
    reason = f"The target has {name} under other parents."
    stay, wanted = [each for each in old if each in new], list(new)
    first = next((n for n, each in enumerate(stay) if wanted[n] != each), len(stay))
    for parent in old:
        if parent not in new:
            yield _alter(name, f"NO INHERIT {qualified(*parent)}", reason)
    # One that comes back is the last of them.
    for action in left(change.identity, stay[first:], stay[:first], context):
        yield _alter(name, action, reason)
    yield from defaults_left(change.identity, context)
    yield from after_parting(change.identity, context, stay[:first])
    yield from before_joining(change.identity, context, stay[:first])
    for parent in wanted[first:]:
        yield _alter(name, f"INHERIT {qualified(*parent)}", reason)
    yield from defaults_of_parents(change.identity, context)


def _persistence(name: str, persistence: str) -> Statement:
    action = f"SET {'LOGGED' if persistence == 'permanent' else 'UNLOGGED'}"
    return _alter(name, action, f"Table {name} is {persistence} in the target.", rewrites=True)


def _options(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Statement]:
    for action in set_and_reset(of_relation(old), of_relation(new)):
        yield Statement(
            f"ALTER TABLE {name} {action}",
            f"The storage parameters of {name} differ.",
            lock=locks.SET_STORAGE_PARAMETERS,
            relation=name,
        )


def _switches(change: Change) -> Iterator[Statement]:
    """Row security and replica identity. That by an index comes with the index."""
    name, after = qualified(*change.identity.path), change.fact.payload
    differing = change.differing
    if "row_security" in differing:
        word = "ENABLE" if after["row_security"] else "DISABLE"
        reason = f"Row security of {name} is {word.lower()}d in the target."
        yield _alter(name, f"{word} ROW LEVEL SECURITY", reason)
    if "row_security_forced" in differing:
        word = "FORCE" if after["row_security_forced"] else "NO FORCE"
        holds = "binds" if after["row_security_forced"] else "does not bind"
        reason = f"In the target row security {holds} the owner of {name}."
        yield _alter(name, f"{word} ROW LEVEL SECURITY", reason)
    if "replica_identity" in differing and after["replica_identity"] != "index":
        reason = f"The replica identity of {name} differs."
        yield _alter(name, f"REPLICA IDENTITY {after['replica_identity'].upper()}", reason)


def _alter(
    relation: str, action: str, reason: str, *, rewrites: bool = False, scans: bool = False
) -> Statement:
    return Statement(
        f"ALTER TABLE {relation} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=relation,
        rewrites=rewrites,
        scans=scans or rewrites,
    )


KIND = TableKind()
