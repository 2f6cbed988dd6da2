"""Constraints of tables (manual: ALTER TABLE, 5.5).

On a table in use, foreign keys and checks are added NOT VALID, which holds for new rows at once,
and are validated afterwards under a lock that lets others write; primary keys and unique
constraints take over an index that was built CONCURRENTLY. On a partitioned table PostgreSQL takes
over the keys that its partitions have, so those of partitions come first.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, NamedTuple

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import key_index, leaving, locks, not_null
from gnkmigrate.kinds.beneath import refuse_other_parents
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.foreign_key_firing import set_firing
from gnkmigrate.kinds.foreign_keys import given_above, given_below, is_adopted, referenced
from gnkmigrate.kinds.hidden_keys import out_of_the_way
from gnkmigrate.kinds.index_marks import (
    attach,
    attach_some,
    attached_children,
    comes_along,
    held_by,
    is_parted_from,
    is_taken_away,
    is_whole,
    marks,
    own_partition,
    share_of,
    stays_behind,
)
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.kind import Context, How, Kind, Names, Row, last_names
from gnkmigrate.kinds.leaving import checks_above, is_same_check
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, listing, qualified

_INDEXED = frozenset({"primary key", "unique"})
_VALIDATED_LATER = frozenset({"foreign key", "check"})


class _Read(NamedTuple):
    """What read.sql returns beyond the address."""

    type: str
    definition: str | None
    referenced: str | None
    rules: str
    columns: Sequence[int] | None
    referenced_columns: Sequence[int] | None
    references: int | None
    expression: str | None
    validated: bool
    options: Sequence[str] | None
    tablespace: str | None
    firing: Mapping[str, str] | None
    attached_to: Sequence[str] | None
    clustered: bool
    replica_identity: bool


_DESCRIBED = _Read._fields.index("expression")  # from here on a fact has what was read
_OF_INDEX = key_index.SETTINGS | {"attached_to", "clustered", "replica_identity"}


class ConstraintKind(Kind):
    name = "constraint"
    catalog = "pg_constraint"
    parent_catalog = "pg_class"
    resolves = True
    attributes = {
        "type": How.MADE_AGAIN,
        "definition": How.ALTERED,
        "columns": How.COSMETIC,  # these three are in the definition
        "references": How.COSMETIC,
        "expression": How.COSMETIC,
        "validated": How.ALTERED,
        "options": How.ALTERED,
        "tablespace": How.ALTERED,
        "firing": How.ALTERED,
        "attached_to": How.ALTERED,
        "clustered": How.ALTERED,
        "replica_identity": How.ALTERED,
    }
    rank = 70
    carries_siblings = True
    word = "CONSTRAINT"

    def fields(self, read: tuple[str, ...]) -> tuple[str, ...]:
        return ("type", "definition", "columns", "references", *read[_DESCRIBED:])

    def resolve(self, values: Row, relation: int, names: Names) -> Row:
        read = _Read._make(values)
        columns = _named(read.columns, names.columns.get(relation, {}))
        referenced = _named(read.referenced_columns, names.columns.get(read.references or 0, {}))
        definition = read.definition or _definition(read, columns, referenced)
        if read.type == "exclusion":
            definition = key_index.without_options(definition, read.options)
        if read.type == "check":
            columns.sort()  # a check has its columns in the order of the table
        references = None
        if read.references is not None:
            found = names.relations.get(read.references)
            schema, table = ("", "") if found is None else found.path
            references = {"schema": schema, "table": table, "columns": referenced}
        return (read.type, definition, columns, references, *read[_DESCRIBED:])

    def reference(self, fact: Fact) -> str:
        return f"CONSTRAINT {identifier(fact.identity.name)} ON {qualified(*_table(fact).path)}"

    def words(self, fact: Fact) -> str:
        return f"The {_name(fact)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        if (above := leaving.made_own_along(fact, context)) is not None:
            later = fact.payload["validated"] and not above.payload["validated"]
            return (_validated(fact),) if later else ()
        reason = f"The {_name(fact)} is missing."
        freed = out_of_the_way(None, fact, context)
        if fact.payload["type"] in _VALIDATED_LATER:
            return (*freed, *_added(fact, "", reason, context))
        online = _by_index(fact) if context.is_busy(_table(fact)) else ()
        scans = not context.is_new(_table(fact))
        only = not is_whole(fact, context.target)
        added = _alter_table(fact, f"ADD {defined(fact)}", reason, scans=scans, only=only)
        attached = (*attach(fact, context), *attach_some(fact, context))
        return (*freed, *(online or (added,)), *attached, *marks(fact, _table(fact), context))

    def drop(self, fact: Fact, context: Context) -> Statements:
        if fact.payload["type"] == "check":
            leaving.refuse_inherited(fact, context)
        action = f"DROP CONSTRAINT {identifier(fact.identity.name)}"
        dropped = _alter_table(fact, action, f"The {_name(fact)} is not in the target.")
        dropped = replace(dropped, beside=_locked_beside(fact, dropped.lock, context))
        is_key = fact.payload["type"] == "primary key"
        return (dropped, *(not_null.allowed_after(fact, context) if is_key else ()))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        after = change.fact
        if differing <= _OF_INDEX:
            fixed = key_index.is_fixed(differing, _table(after), context)
            if fixed or is_taken_away(change, context):
                return None
            index = key_index.altered(change, differing, f"the {_name(after)}")
            attached = attach(after, context) if "attached_to" in differing else ()
            return (*index, *attached, *marks(after, _table(after), context, change.before))
        if after.payload["type"] not in _VALIDATED_LATER:
            return None
        if _is_kept(after, differing):
            validated = (_validated(after),) if "validated" in differing else ()
            return (*validated, *_fires(after, change.before))
        if _is_owned_below(change, context):
            return None  # a table below has it itself too, and changes its own in between
        # One command: at no moment is there neither the old constraint nor the new one.
        dropped = f"DROP CONSTRAINT {identifier(after.identity.name)}, "
        reason = f"The {_name(after)} is defined otherwise."
        first, *others = _added(after, dropped, reason, context)
        left = _left_beside(change, context)
        if left:
            joined = _locked_beside(after, locks.ADD_FOREIGN_KEY, context)
            first = replace(first, beside=(*left, *joined))
        return (first, *others)

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        if (change.verb, inner.verb, inner.kind) != ("add", "remove", self.name):
            return False
        return is_adopted(inner.fact, change.fact, context.source)

    def renews(self, change: Change) -> bool:
        differing = self.differing(change)
        if change.fact.payload["type"] not in _VALIDATED_LATER or differing <= _OF_INDEX:
            return False
        return not _is_kept(change.fact, differing)

    def rename(self, change: Change, context: Context) -> Statements:
        if change.fact.payload["type"] == "check":
            refuse_other_parents(change.before or change.fact, context)
        old, new = last_names(change)
        action = f"RENAME CONSTRAINT {old} TO {new}"
        return (
            *out_of_the_way(change.before, change.fact, context),
            _alter_table(change.fact, action, f"{old} is to be called {new}."),
        )

    def subject(self, fact: Fact) -> Any:
        payload = fact.payload
        match payload["type"]:
            case "check":
                return {"type": "check", "expression": payload["expression"]}
            case "exclusion":
                return {"type": "exclusion", "definition": payload["definition"]}
            case _:
                return {key: payload[key] for key in ("type", "columns", "references")}

    def is_inline(self, fact: Fact) -> bool:
        # CREATE TABLE takes NOT VALID for a slip of the pen: a new table has no rows.
        payload = fact.payload
        return bool(payload["type"] != "foreign key" and _is_settled(fact))

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        own = (fact.kind, *fact.identity.path)
        if fact.payload["type"] in _VALIDATED_LATER:
            return frozenset({own})
        # The index beneath it bears the same name, among the relations of the schema.
        schema, table, name = fact.identity.path
        index = ("relation", schema, name)
        if fact.payload["type"] == "primary key":
            return frozenset({own, index, ("primary key", schema, table)})
        return frozenset({own, index})

    def reaches(self, fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
        if fact.payload["type"] not in _VALIDATED_LATER or _is_alone(fact):
            return frozenset()
        tables = tables_below(_table(fact).path, snapshot)
        return frozenset((fact.kind, *table, fact.identity.name) for table in tables)

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        if fact.identity not in source:
            yield from (above.identity for above in given_above(fact, source))

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        shared = ("shared", *_table(fact).path)
        if fact.payload["type"] in _VALIDATED_LATER:
            return frozenset({shared, ("apart", *_table(fact).path)})
        if fact.payload["type"] not in _INDEXED:
            return frozenset({shared})
        return frozenset({shared, key(_table(fact).path, fact.payload["columns"])})

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # Tables that are partitions no more do not get it, nor is what they had in the way.
        table, references = _table(fact).path, fact.payload["references"]
        found = {("given by the parent", *table), ("partitions", *table)}
        if references:
            path = (references["schema"], references["table"])
            found.add(key(path, references["columns"]))
        return frozenset(found)

    def asks(self, fact: Fact) -> Iterator[tuple[str, Identity]]:
        if references := fact.payload["references"]:
            yield "REFERENCES", Identity("table", (references["schema"], references["table"]))

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        if fact.payload["type"] not in _VALIDATED_LATER:
            yield from attached_children(fact, target)
            yield from own_partition(fact, target)
        if fact.payload["type"] == "check":  # by then what it has of its parent is the same
            yield from (above.identity for above in checks_above(fact, target))
        yield from _switched(fact, target)

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        return _switched(change.fact, target)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        if references := fact.payload["references"]:
            yield from _partitions((references["schema"], references["table"]), source)
        if fact.payload["type"] == "check":
            yield from leaving.owned_below(fact, source)
        if fact.payload["type"] == "primary key":  # it forbids nulls as long as it is there
            for column in fact.payload["columns"]:
                yield Identity("inherited column", (*_table(fact).path, column))

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        return comes_along(fact, source, target)

    def held_by(self, fact: Fact, context: Context) -> Iterator[Identity]:
        return held_by(fact, context)

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        # It is its table's own no more, and its parent's.
        return any(
            fact.payload["type"] == "check" and is_same_check(fact, above)
            for above in checks_above(fact, target)
        )

    def unlike(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del source
        if fact.identity not in target and self.stays(fact, target):
            yield from leaving.unlike(fact, target)

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        return stays_behind(fact, dropped)

    def outlives(self, fact: Fact, cause: Identity, context: Context) -> bool:
        return is_parted_from(fact, cause, context)

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        above = fact.payload["attached_to"]
        own = () if fact.parent is None else (fact.parent,)
        return (*own, share_of(above)) if above else own


def _named(numbers: Sequence[int] | None, names: Mapping[int, str]) -> list[str]:
    return [names[number] for number in numbers or () if number in names]


def _definition(read: _Read, columns: Sequence[str], referenced: Sequence[str]) -> str:
    """What pg_get_constraintdef() says of a constraint of which read.sql does not."""
    if read.type == "check":
        return f"CHECK ({read.expression}){read.rules}"
    own = f"{read.type.upper()} ({listing(columns)})"
    if read.type == "foreign key":
        own += f" REFERENCES {read.referenced}({listing(referenced)})"
    return own + read.rules


def _partitions(table: tuple[str, ...], snapshot: Snapshot) -> Iterator[Identity]:
    """What makes tables partitions of `table`: a foreign key to it refers to each of them."""
    for partition in snapshot.of_kind("partition"):
        if tuple(partition.payload["of"]) == table:
            yield partition.identity
            yield from _partitions(partition.identity.path, snapshot)


def _is_kept(fact: Fact, differing: frozenset[str]) -> bool:
    """Whether a foreign key or a check gets what differs without being made anew."""
    return differing <= {"validated", "firing"} and bool(fact.payload["validated"])


def _is_settled(fact: Fact) -> bool:
    """Whether nothing is left to validate: its rows are, or it is never enforced."""
    return bool(fact.payload["validated"]) or _is_lax(fact)


def _is_lax(fact: Fact) -> bool:
    return str(fact.payload["definition"]).endswith(" NOT ENFORCED")


def _is_owned_below(change: Change, context: Context) -> bool:
    """Whether a table below has the check by itself too, before or afterwards."""
    sides = ((change.before, context.source), (change.after, context.target))
    return any(any(leaving.owned_below(fact, side)) for fact, side in sides if fact)


def _is_alone(fact: Fact) -> bool:
    """Whether tables below do not have it, as they have checks and keys of partitioned tables."""
    return str(fact.payload["definition"]).endswith(" NO INHERIT")


def key(table: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """What a foreign key needs at the other end: unique columns of a table, in any order."""
    return ("key", *table, *sorted(columns))


def defined(fact: Fact) -> str:
    """The constraint as CREATE TABLE and ADD take it."""
    return f"CONSTRAINT {identifier(fact.identity.name)} {key_index.defined(fact)}"


def _added(fact: Fact, before: str, reason: str, context: Context) -> Statements:
    """ALTER TABLE ... ADD for a foreign key or a check, in one step or in two."""
    stays_open = not _is_settled(fact)
    in_two = (context.is_busy(_table(fact)) and not _is_lax(fact)) or stays_open
    action = f"{before}ADD {defined(fact)}{' NOT VALID' if in_two else ''}"
    is_key = fact.payload["type"] == "foreign key" and not before
    lock = locks.ADD_FOREIGN_KEY if is_key else locks.ALTER_TABLE
    scans = not in_two and not context.is_new(_table(fact))
    added = _alter_table(fact, action, reason, lock=lock, scans=scans)
    # Of a key that becomes a share of this one the triggers go (AttachPartitionForeignKey).
    adopts = is_key and any(given_below(fact, context.source))
    beside = _locked_beside(fact, locks.ALTER_TABLE if adopts else lock, context)
    added = replace(added, beside=beside)
    validated = () if stays_open or not in_two else (_validated(fact),)
    return (added, *validated, *_fires(fact, None))


def _locked_beside(fact: Fact, lock: str, context: Context) -> tuple[tuple[str, str], ...]:
    """The other end of a foreign key, whose triggers come and go with it."""
    there = referenced(fact)
    if there is None or there == _table(fact).path or context.is_new(Identity("table", there)):
        return ()
    return ((qualified(*there), lock),)


def _left_beside(change: Change, context: Context) -> tuple[tuple[str, str], ...]:
    """The table that a foreign key refers to no more, where it comes to refer to another one."""
    before = change.before
    if before is None or referenced(before) == referenced(change.fact):
        return ()
    return _locked_beside(before, locks.ALTER_TABLE, context)


def _switched(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """The partitions whose triggers are switched with those of a foreign key: they are there."""
    if references := fact.payload["firing"] and fact.payload["references"]:
        yield from _partitions(_table(fact).path, target)
        yield from _partitions((references["schema"], references["table"]), target)


def _fires(fact: Fact, before: Fact | None) -> Iterator[Statement]:
    """Statements for the triggers of a foreign key, which are new where there is no `before`."""
    if fact.payload["type"] == "foreign key":
        yield from set_firing(fact, before.payload["firing"] if before else None)


def _validated(fact: Fact) -> Statement:
    return _alter_table(
        fact,
        f"VALIDATE CONSTRAINT {identifier(fact.identity.name)}",
        "Rows that were there before are checked while others write.",
        lock=locks.VALIDATE_CONSTRAINT,
        scans=True,
    )


def _by_index(fact: Fact) -> Statements:
    """A key whose index is built first; empty where ALTER TABLE has no such form for it."""
    built = key_index.built_first(fact)
    if built is None:
        return ()
    index, action = built
    relation, name = qualified(*_table(fact).path), identifier(fact.identity.name)
    return (
        Statement(
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {relation} {index}",
            f"The index of the {_name(fact)} is built while others write.",
            lock=locks.CREATE_INDEX_CONCURRENTLY,
            relation=relation,
            scans=True,
            transactional=False,
            builds=qualified(fact.identity.path[0], fact.identity.name),
        ),
        _alter_table(fact, f"ADD CONSTRAINT {name} {action}", f"The {_name(fact)} is missing."),
    )


def _alter_table(
    fact: Fact,
    action: str,
    reason: str,
    *,
    lock: str = locks.ALTER_TABLE,
    scans: bool = False,
    only: bool = False,
) -> Statement:
    relation = qualified(*_table(fact).path)
    sql = f"ALTER TABLE {'ONLY ' if only else ''}{relation} {action}"
    return Statement(sql, reason, lock=lock, relation=relation, scans=scans)


def _table(fact: Fact) -> Identity:
    return fact.parent or Identity("table", fact.identity.path[:-1])


def _name(fact: Fact) -> str:
    kind, name = fact.payload["type"], identifier(fact.identity.name)
    return f"{kind} {name} of {qualified(*_table(fact).path)}"


KIND = ConstraintKind()
