"""Indexes that no constraint owns (manual: CREATE INDEX, ALTER INDEX, DROP INDEX, REINDEX).

On a table in use they are built and dropped CONCURRENTLY. An index that differs is renamed, built
anew and then dropped, so that queries always have one of the two. On a partitioned table
PostgreSQL takes over the indexes that its partitions have, so those of partitions come first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.catalog import Names, Row
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, second_rows
from gnkmigrate.kinds.altering import rename_relation
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.constraint.definition import key
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How, Replacement
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.index.definition import DESCRIBED, defined, resolved
from gnkmigrate.kinds.index_marks import (
    attach,
    attach_some,
    attached_children,
    is_taken_away,
    marks,
    own_partition,
)
from gnkmigrate.kinds.key_index import is_fixed
from gnkmigrate.kinds.options import set_and_reset
from gnkmigrate.kinds.partition_share import PartitionShare
from gnkmigrate.kinds.statement import Rows, Statement, Statements
from gnkmigrate.postgres.quoting import identifier, names_in, qualified

# A key that is a column, whatever follows it: a collation, an operator class, an order.
_COLUMN = re.compile(r'("(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\s.*)?', re.DOTALL)
_SUBJECT = ("unique", "method", "keys", "include", "predicate")


class IndexKind(PartitionShare):
    name = "index"
    catalog = "pg_class"
    parent_catalog = "pg_class"
    resolves = True
    in_schema = True
    attributes = {
        "definition": How.COSMETIC,  # all of it stands in the others
        **dict.fromkeys((*_SUBJECT, "nulls_not_distinct"), How.MADE_AGAIN),
        **dict.fromkeys(
            (
                "valid",
                "options",
                "tablespace",
                "attached_to",
                "clustered",
                "replica_identity",
                "statistics",
            ),
            How.ALTERED,
        ),
    }
    rank = 72
    calls_functions = True
    word = "INDEX"
    is_relation = True

    def fields(self, read: tuple[str, ...]) -> tuple[str, ...]:
        return ("definition", "unique", "keys", "include", *read[DESCRIBED:])

    def resolve(self, values: Row, relation: int, names: Names) -> Row:
        return resolved(values, relation, names)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        busy = context.is_busy(table(fact))
        name, relation = identifier(fact.identity.name), qualified(*table(fact).path)
        unique = "UNIQUE " if fact.payload["unique"] else ""
        stopped = tuple(_stops_at(fact, context))
        only = "" if fact.payload["valid"] or not _is_partitioned(fact, context) else "ONLY "
        return (
            Statement(
                f"CREATE {unique}INDEX {'CONCURRENTLY ' if busy else ''}{name} ON {only}{relation} "
                f"{reprintable(defined(fact.payload))}",
                f"Index {name} on {relation} is missing.{second_rows.SAID if stopped else ''}",
                lock=locks.CREATE_INDEX_CONCURRENTLY if busy else locks.CREATE_INDEX,
                relation=relation,
                scans=not context.is_new(table(fact)),
                transactional=not busy,
                builds=qualified(*fact.identity.path) if busy else "",
                stops_at=stopped,
            ),
            *statistics(fact, ()),
            *attach(fact, context),
            *attach_some(fact, context),
            *marks(fact, table(fact), context),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        busy = context.is_busy(table(fact)) and not fact.payload["attached_to"]
        name = qualified(*fact.identity.path)
        # A partition's key that is its share of this index cannot go first, nor stay.
        shares = attached_children(fact, context.source)
        cascade = " CASCADE" if any(each.kind == "constraint" for each in shares) else ""
        return (
            Statement(
                f"DROP INDEX {'CONCURRENTLY ' if busy else ''}{name}{cascade}",
                f"Index {name} is not in the target.",
                lock=locks.DROP_INDEX_CONCURRENTLY if busy else locks.DROP_INDEX,
                relation=qualified(*table(fact).path),
                transactional=not busy,
            ),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        fact, old = change.fact, (change.before or change.fact).payload
        if is_fixed(differing, table(fact), context) or is_taken_away(change, context):
            return None
        if "valid" in differing and not fact.payload["valid"] and _is_partitioned(fact, context):
            return None  # no statement takes a partition's share away
        name = qualified(*change.identity.path)
        statements: list[Statement] = []
        if "options" in differing:
            statements += [
                _set(fact, action, f"The options of {name} differ.")
                for action in set_and_reset(old["options"], fact.payload["options"])
            ]
        if "tablespace" in differing:
            space = identifier(fact.payload["tablespace"] or "pg_default")
            reason = f"The target has index {name} in tablespace {space}."
            statements.append(_alter(fact, f"ALTER INDEX {name} SET TABLESPACE {space}", reason))
        if "statistics" in differing:
            statements += statistics(fact, old["statistics"] or ())
        if "attached_to" in differing:
            statements += attach(fact, context)
        statements += marks(fact, table(fact), context, change.before)
        if "valid" in differing and fact.payload["valid"] and "attached_to" not in differing:
            statements += _rebuilt(fact, context)
        return tuple(statements)

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        return (rename_relation(change, "INDEX", locks.RENAME_INDEX),)

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        busy = context.is_busy(table(fact)) and not fact.payload["attached_to"]
        return Replacement.ASIDE if busy else Replacement.DROP

    def subject(self, fact: Fact) -> Any:
        return {key: fact.payload[key] for key in _SUBJECT}

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        shared = ("shared", *table(fact).path)
        if not fact.payload["unique"] or fact.payload["predicate"]:
            return frozenset({shared})
        columns = [printed.strip('"').replace('""', '"') for printed in fact.payload["keys"]]
        return frozenset({shared, key(table(fact).path, columns)})

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        del target
        # Tables that are partitions no more do not get a share of it.
        return frozenset({("partitions", *table(fact).path)})

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        yield from attached_children(fact, target)
        yield from own_partition(fact, target)


def table(fact: Fact) -> Identity:
    """The table or materialized view that an index is on."""
    if fact.parent is None:
        raise ValueError(f"{fact.identity} has no table")
    return fact.parent


def _stops_at(fact: Fact, context: Context) -> Iterator[Rows]:
    """The rows that a unique index of all rows would stop at."""
    columns = [each for each in map(_column, fact.payload["keys"]) if each]
    whole = len(columns) == len(fact.payload["keys"]) and not fact.payload["predicate"]
    if fact.payload["unique"] and whole:
        equal = bool(fact.payload["nulls_not_distinct"])
        yield from second_rows.stops_at(table(fact), columns, context, nulls_are_equal=equal)


def _column(key: str) -> str:
    """The column that a key of an index is; "" for an expression."""
    found = _COLUMN.fullmatch(key)
    return names_in(found[1])[0] if found else ""


def _is_partitioned(fact: Fact, context: Context) -> bool:
    owner = context.find(table(fact))
    return owner is not None and bool(owner.payload.get("partitioned_by"))


def _rebuilt(fact: Fact, context: Context) -> Iterator[Statement]:
    busy = context.is_busy(table(fact))
    name = qualified(*fact.identity.path)
    if _is_partitioned(fact, context):
        return  # it becomes valid when the last partition's index is attached
    yield Statement(
        f"REINDEX INDEX {'CONCURRENTLY ' if busy else ''}{name}",
        f"Index {name} is invalid: it costs writes and serves no query.",
        lock=locks.CREATE_INDEX_CONCURRENTLY if busy else locks.CREATE_INDEX,
        relation=qualified(*table(fact).path),
        scans=True,
        transactional=not busy,
        builds=name if busy else "",
    )


def statistics(fact: Fact, old: Sequence[str]) -> Iterator[Statement]:
    """Targets of expression columns, each "number target" (pg_attribute of the index)."""
    name = qualified(*fact.identity.path)
    before = dict(each.split(" ") for each in old)
    after = dict(each.split(" ") for each in fact.payload["statistics"] or ())
    for number in sorted({*before, *after}, key=int):
        if before.get(number) != after.get(number):
            action = f"ALTER COLUMN {number} SET STATISTICS {after.get(number, -1)}"
            yield _set(fact, action, f"The statistics of {name} differ.")


def _set(fact: Fact, action: str, reason: str) -> Statement:
    statement = _alter(fact, f"ALTER INDEX {qualified(*fact.identity.path)} {action}", reason)
    return replace(statement, lock=locks.SET_STORAGE_PARAMETERS)


def _alter(fact: Fact, sql: str, reason: str) -> Statement:
    name = qualified(*fact.identity.path)
    return Statement(sql, reason, lock=locks.ACCESS_EXCLUSIVE, relation=name)


KIND = IndexKind()
