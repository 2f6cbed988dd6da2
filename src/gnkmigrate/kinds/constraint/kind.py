"""Constraints of tables (manual: ALTER TABLE, 5.5).

On a table in use, foreign keys and checks are added NOT VALID, which holds for new rows at once,
and are validated afterwards under a lock that lets others write; primary keys and unique
constraints take over an index that was built CONCURRENTLY. On a partitioned table PostgreSQL takes
over the keys that its partitions have, so those of partitions come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.catalog import Names, Row
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import hidden_rows, key_index, leaving, locks, not_null, second_rows
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column_obstacles import refuse_other_parents
from gnkmigrate.kinds.constraint.adding import (
    add,
    alter_table,
    by_index,
    fires,
    left_beside,
    locked_beside,
    stops_key,
    validate,
)
from gnkmigrate.kinds.constraint.definition import (
    DESCRIBED,
    INDEXED,
    VALIDATED_LATER,
    defined,
    in_words,
    is_alone,
    is_settled,
    key,
    resolved,
    table_of,
)
from gnkmigrate.kinds.constraint.partitions import partitions_of, switched
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_keys import given_above, is_adopted
from gnkmigrate.kinds.hidden_keys import out_of_the_way
from gnkmigrate.kinds.index_marks import (
    attach,
    attach_some,
    attached_children,
    is_taken_away,
    is_whole,
    marks,
    own_partition,
)
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.kind import used
from gnkmigrate.kinds.leaving import checks_above, is_same_check
from gnkmigrate.kinds.not_null_below import above_key, given_to_key
from gnkmigrate.kinds.partition_share import PartitionShare
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.kinds.wording import last_names
from gnkmigrate.postgres.quoting import identifier, qualified

_OF_INDEX = key_index.SETTINGS | {"attached_to", "clustered", "replica_identity"}


class ConstraintKind(PartitionShare):
    name = "constraint"
    catalog = "pg_constraint"
    parent_catalog = "pg_class"
    resolves = True
    brings_relation = True
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
    calls_functions = True
    carries_siblings = True
    word = "CONSTRAINT"

    def fields(self, read: tuple[str, ...]) -> tuple[str, ...]:
        return ("type", "definition", "columns", "references", *read[DESCRIBED:])

    def resolve(self, values: Row, relation: int, names: Names) -> Row:
        return resolved(values, relation, names)

    def reference(self, fact: Fact) -> str:
        return f"CONSTRAINT {identifier(fact.identity.name)} ON {qualified(*table_of(fact).path)}"

    def words(self, fact: Fact) -> str:
        return f"The {in_words(fact)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        if (above := leaving.made_own_along(fact, context)) is not None:
            later = fact.payload["validated"] and not above.payload["validated"]
            return (validate(fact),) if later else ()
        reason = f"The {in_words(fact)} is missing."
        freed = out_of_the_way(None, fact, context)
        if fact.payload["type"] in VALIDATED_LATER:
            return (*freed, *add(fact, "", reason, context))
        in_two = context.is_busy(table_of(fact)) and not any(given_to_key(fact, context.target))
        stopped = stops_key(fact, context)
        online = by_index(fact, stopped) if in_two else ()
        scans = not context.is_new(table_of(fact))
        only = not is_whole(fact, context.target)
        reason += second_rows.SAID if stopped else ""
        added = alter_table(fact, f"ADD {defined(fact)}", reason, scans=scans, only=only)
        added = replace(added, stops_at=stopped)
        attached = (*attach(fact, context), *attach_some(fact, context))
        return (*freed, *(online or (added,)), *attached, *marks(fact, table_of(fact), context))

    def drop(self, fact: Fact, context: Context) -> Statements:
        if fact.payload["type"] == "check":
            leaving.refuse_inherited(fact, context)
        action = f"DROP CONSTRAINT {identifier(fact.identity.name)}"
        dropped = alter_table(fact, action, f"The {in_words(fact)} is not in the target.")
        dropped = replace(dropped, beside=locked_beside(fact, dropped.lock, context))
        is_key = fact.payload["type"] == "primary key"
        return (dropped, *(not_null.allowed_after(fact, context) if is_key else ()))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        after = change.fact
        if differing <= _OF_INDEX:
            fixed = key_index.is_fixed(differing, table_of(after), context)
            if fixed or is_taken_away(change, context):
                return None
            index = key_index.altered(change, differing, f"the {in_words(after)}")
            attached = attach(after, context) if "attached_to" in differing else ()
            return (*index, *attached, *marks(after, table_of(after), context, change.before))
        if after.payload["type"] not in VALIDATED_LATER:
            return None
        if _is_kept(after, differing):
            validated = (validate(after),) if "validated" in differing else ()
            return (*validated, *fires(after, change.before))
        if _is_owned_below(change, context):
            return None  # a table below has it itself too, and changes its own in between
        # One command: at no moment is there neither the old constraint nor the new one.
        dropped = f"DROP CONSTRAINT {identifier(after.identity.name)}, "
        reason = f"The {in_words(after)} is defined otherwise."
        first, *others = add(after, dropped, reason, context)
        left = left_beside(change, context)
        if left:
            joined = locked_beside(after, locks.ADD_FOREIGN_KEY, context)
            first = replace(first, beside=(*left, *joined))
        return (first, *others)

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        if (change.verb, inner.verb, inner.kind) != ("add", "remove", self.name):
            return False
        return is_adopted(inner.fact, change.fact, context.source)

    def renews(self, change: Change) -> bool:
        differing = self.differing(change)
        if change.fact.payload["type"] not in VALIDATED_LATER or differing <= _OF_INDEX:
            return False
        return not _is_kept(change.fact, differing)

    def rename(self, change: Change, context: Context) -> Statements:
        if change.fact.payload["type"] == "check":
            refuse_other_parents(change.before or change.fact, context)
        old, new = last_names(change)
        action = f"RENAME CONSTRAINT {old} TO {new}"
        return (
            *out_of_the_way(change.before, change.fact, context),
            alter_table(change.fact, action, f"{old} is to be called {new}."),
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
        return bool(payload["type"] != "foreign key" and is_settled(fact))

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        own, sort = (fact.kind, *fact.identity.path), fact.value("type")
        if sort in VALIDATED_LATER:
            return frozenset({own})
        # The index beneath it bears the same name, among the relations of the schema.
        schema, table, name = fact.identity.path
        index = ("relation", schema, name)
        if sort == "primary key":
            return frozenset({own, index, ("primary key", schema, table)})
        return frozenset({own, index})

    def reaches(self, fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
        if fact.payload["type"] not in VALIDATED_LATER or is_alone(fact):
            return frozenset()
        tables = tables_below(table_of(fact).path, snapshot)
        return frozenset((fact.kind, *table, fact.identity.name) for table in tables)

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        if fact.identity not in source:
            yield from (above.identity for above in given_above(fact, source))

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        shared = ("shared", *table_of(fact).path)
        if fact.payload["type"] in VALIDATED_LATER:
            return frozenset({shared, ("apart", *table_of(fact).path)})
        if fact.payload["type"] not in INDEXED:
            return frozenset({shared})
        return frozenset({shared, key(table_of(fact).path, fact.payload["columns"])})

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        del target
        # Tables that are partitions no more do not get it, nor is what they had in the way.
        table, references = table_of(fact).path, fact.payload["references"]
        found = {("given by the parent", *table), ("partitions", *table)}
        if references:
            path = (references["schema"], references["table"])
            found.add(key(path, references["columns"]))
        return frozenset(found)

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if references := fact.payload["references"]:
            yield "REFERENCES", Identity("table", (references["schema"], references["table"]))
            if fact.payload["validated"] and fact.parent not in context.created:
                yield from hidden_rows.asked(fact, fact.parent, context.target)
        elif fact.payload["type"] == "check" and fact.parent not in context.created:
            yield from used(fact)  # for the rows that are there

    def asks_besides(self, change: Change, context: Context) -> Iterator[tuple[str, Identity]]:
        if "validated" in change.differing and change.fact.payload["validated"]:
            yield from hidden_rows.asked(change.fact, change.fact.parent, context.target)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        if fact.payload["type"] not in VALIDATED_LATER:
            yield from attached_children(fact, target)
            yield from own_partition(fact, target)
        if fact.payload["type"] == "check":  # by then what it has of its parent is the same
            yield from (above.identity for above in checks_above(fact, target))
        yield from (above.identity for above in above_key(fact, target))
        yield from switched(fact, target)

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        return switched(change.fact, target)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        if references := fact.payload["references"]:
            yield from partitions_of((references["schema"], references["table"]), source)
        if fact.payload["type"] == "check":
            yield from leaving.owned_below(fact, source)
        if fact.payload["type"] == "primary key":  # it forbids nulls as long as it is there
            for column in fact.payload["columns"]:
                yield Identity("inherited column", (*table_of(fact).path, column))
            yield from (above.identity for above in above_key(fact, source))

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        # It is its table's own no more, and its parent's.
        return any(
            fact.payload["type"] == "check" and is_same_check(fact, above)
            for above in checks_above(fact, target)
        )

    def unlike(self, fact: Fact, context: Context) -> Iterator[Identity]:
        own, target = context.as_called_then(fact), context.target
        if own.identity not in target and self.stays(own, target):
            yield from leaving.unlike(own, target)


def _is_kept(fact: Fact, differing: frozenset[str]) -> bool:
    """Whether a foreign key or a check gets what differs without being made anew."""
    return differing <= {"validated", "firing"} and bool(fact.payload["validated"])


def _is_owned_below(change: Change, context: Context) -> bool:
    """Whether a table below has the check by itself too, before or afterwards."""
    sides = ((change.before, context.source), (change.after, context.target))
    return any(any(leaving.owned_below(fact, side)) for fact, side in sides if fact)


KIND = ConstraintKind()
