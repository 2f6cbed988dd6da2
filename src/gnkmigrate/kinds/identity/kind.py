"""What makes a column an identity column: how it is generated, and the sequence in it.

Manual: ALTER TABLE (ADD GENERATED, SET GENERATED, DROP IDENTITY), 5.3. The sequence is made,
changed and dropped by commands on the column alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, sequence_handover
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.sequence_options import (
    UNLOGGED,
    bounded,
    continued,
    logged_before_15,
    options,
    position,
    set_persistence,
    unusual,
)
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

_NUMBERS = ("increment", "minimum", "maximum", "start", "cache", "cycle")


class IdentityKind(Kind):
    name = "identity"
    catalog = "pg_class"
    found_in = "pg_sequence"
    parent_catalog = "pg_class"
    of_column = True
    attributes = {
        "generation": How.ALTERED,
        "sequence_schema": How.COSMETIC,  # the table's
        "sequence_name": How.ALTERED,
        "persistence": How.ALTERED,
        "type": How.ALTERED,
        **dict.fromkeys(_NUMBERS, How.ALTERED),
    }
    rank = 67
    inline = True
    brings_relation = True
    named_within = True
    has_comment = False
    grant_word = "SEQUENCE"
    by_version = True

    def as_of(self, fact: Fact, version: int) -> Fact:
        return logged_before_15(fact, version)

    def reference(self, fact: Fact) -> str:
        return f"SEQUENCE {_sequence(fact)}"

    def grant_reference(self, fact: Fact) -> str:
        return self.reference(fact)

    def words(self, fact: Fact) -> str:
        return f"Column {qualified(*fact.identity.path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        first = added(fact, context)
        if before := sequence_handover.predecessor(fact, context):
            return (first, *sequence_handover.resumed(fact, before, context))
        column, payload = identifier(fact.identity.name), fact.payload
        sql = continued(_sequence(fact), column, _table(fact), payload, payload["type"])
        return (first, Statement(sql, "New values start after those that are there."))

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if fact.parent is not None and sequence_handover.predecessor(fact, context) is None:
            yield "ROWS", fact.parent  # it goes on after the highest key

    def drop(self, fact: Fact, context: Context) -> Statements:
        reason = f"{self.words(fact)} is no identity column in the target."
        dropped = _alter_column(fact, "DROP IDENTITY", reason)
        if after := sequence_handover.successor(fact, context):
            return sequence_handover.remembered(fact, after, _table(fact), dropped, context)
        return (replace(dropped, loses_data=position(_sequence(fact))),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        fact, after = change.fact, change.fact.payload
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        statements: list[Statement] = []
        if "sequence_name" in differing and change.before:
            old, new = _sequence(change.before), identifier(after["sequence_name"])
            sql = f"ALTER SEQUENCE {old} RENAME TO {new}"
            statements.append(Statement(sql, reason, lock=locks.RENAME, relation=old))
        if "persistence" in differing:
            sql = set_persistence(_sequence(fact), after)
            statements.append(
                Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=_sequence(fact))
            )
        if "type" in differing:
            sql = f"ALTER SEQUENCE {_sequence(fact)} AS {after['type']}"
            statements.append(
                Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=_sequence(fact))
            )
        wanted = set(differing) - {"persistence"}
        wanted |= {"minimum", "maximum"} if "type" in differing else set()
        if {"minimum", "maximum"} & wanted:
            numbers = " ".join(options(after, wanted - {"type"}))
            command = f"ALTER SEQUENCE {_sequence(fact)} {numbers}"
            before = _bounds(change, context)
            sql, lost = bounded(_sequence(fact), command, before, after)
            bounds = Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=_sequence(fact))
            statements.append(replace(bounds, loses_data=lost))
            wanted -= set(_NUMBERS)
        actions = [f"SET {option}" for option in options(after, wanted - {"type"})]
        if "generation" in differing:
            actions.insert(0, f"SET GENERATED {after['generation'].upper()}")
        if actions:
            statements.append(_alter_column(fact, " ".join(actions), reason))
        return tuple(statements)

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = _sequence(change.before or change.fact), change.fact.payload["sequence_name"]
        sql = f"ALTER SEQUENCE {old} RENAME TO {identifier(new)}"
        reason = f"Sequence {old} is to be called {identifier(new)}."
        return (Statement(sql, reason, lock=locks.RENAME, relation=old),)

    def called(self, fact: Fact, name: str) -> Fact:
        return fact.has({"sequence_name": name})

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # Nothing else may give the column its values.
        payload = fact.payload
        return frozenset(
            {
                ("relation", payload["sequence_schema"], payload["sequence_name"]),
                ("value", *fact.identity.path),
            }
        )

    def first_form(self, fact: Fact, context: Context) -> Fact:
        table = context.target.get("table", *fact.identity.path[:-1])
        if table is None or context.source.server_version < UNLOGGED:
            return fact
        made = table.payload["persistence"]  # its sequence is made as the table is
        return fact if made == fact.payload["persistence"] else fact.has({"persistence": made})

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        del target
        if "persistence" in change.differing:  # that of a table takes its sequences along
            yield Identity("table", change.identity.path[:-1])

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return () if fact.parent is None else (fact.parent,)


def added(fact: Fact, context: Context) -> Statement:
    """Makes a column that is there an identity column."""
    reason = f"{KIND.words(fact)} is an identity column in the target."
    return _alter_column(fact, f"ADD {defined(fact, context)}", reason)


def defined(fact: Fact, context: Context) -> str:
    """GENERATED ... AS IDENTITY, as CREATE TABLE, ADD COLUMN and ADD GENERATED take it."""
    column = context.find(fact.parent)
    default_type = str(column.payload["type"]) if column else "bigint"
    payload = fact.payload
    given = [option for option in unusual(payload, default_type) if not option.startswith("AS ")]
    usual_name = f"{fact.identity.path[-2]}_{fact.identity.name}_seq"
    if payload["sequence_name"] != usual_name:
        given.insert(0, f"SEQUENCE NAME {_sequence(fact)}")
    text = f"GENERATED {payload['generation'].upper()} AS IDENTITY"
    return f"{text} ({' '.join(given)})" if given else text


def _bounds(change: Change, context: Context) -> Mapping[str, Any]:
    """The bounds that the sequence has by now: a column that gets a smaller type narrows them."""
    was, now = (change.before or change.fact).payload, change.fact.payload
    before, after = _column(change.before, context.source), _column(change.after, context.target)
    retyped = before and after and before.payload["type"] != after.payload["type"]
    narrower = was["maximum"] > now["maximum"] or was["minimum"] < now["minimum"]
    return now if retyped and narrower else was


def _column(fact: Fact | None, snapshot: Snapshot) -> Fact | None:
    return snapshot.facts.get(fact.parent) if fact and fact.parent else None


def _sequence(fact: Fact) -> str:
    return qualified(fact.payload["sequence_schema"], fact.payload["sequence_name"])


def _table(fact: Fact) -> str:
    return qualified(*fact.identity.path[:-1])


def _alter_column(fact: Fact, action: str, reason: str) -> Statement:
    table = _table(fact)
    column = identifier(fact.identity.name)
    return Statement(
        f"ALTER TABLE {table} ALTER COLUMN {column} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=table,
    )


KIND = IdentityKind()
