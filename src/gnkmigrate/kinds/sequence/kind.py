"""Sequences (manual: CREATE SEQUENCE, ALTER SEQUENCE). Those of identity columns are the column's.

A sequence that a column owns exists before the column, whose default uses it, and is given to the
column afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds, locks, sequence_handover
from gnkmigrate.kinds.altering import rename_relation
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.owner.kind import before_owned
from gnkmigrate.kinds.sequence_options import (
    bounded,
    continued,
    logged_before_15,
    options,
    position,
    set_persistence,
    unusual,
)
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.value_conversion import type_of_values
from gnkmigrate.postgres.quoting import identifier, qualified

_NUMBERS = ("type", "increment", "minimum", "maximum", "start", "cache", "cycle")


class SequenceKind(Kind):
    name = "sequence"
    catalog = "pg_class"
    found_in = "pg_sequence"
    parent_catalog = "pg_namespace"
    attributes = {
        "persistence": How.ALTERED,
        **dict.fromkeys(_NUMBERS, How.ALTERED),
        "owned_by": How.ALTERED,
    }
    rank = 40
    word = "SEQUENCE"
    has_owner = True
    has_label = True
    grant_word = "SEQUENCE"
    is_relation = True
    holds_data = True
    follows = True
    by_version = True

    def as_of(self, fact: Fact, version: int) -> Fact:
        return logged_before_15(fact, version)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name = qualified(*fact.identity.path)
        word = "UNLOGGED SEQUENCE" if fact.payload["persistence"] == "unlogged" else "SEQUENCE"
        text = " ".join([f"CREATE {word} {name}", *unusual(fact.payload, "bigint")])
        return (Statement(f"{text}{_owned_by(fact)}", f"Sequence {name} is missing."),)

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        owner = fact.payload["owned_by"]
        if owner and sequence_handover.predecessor(fact, context) is None:
            yield "ROWS", Identity("table", tuple(owner[:2]))  # it goes on after the highest key

    def drop(self, fact: Fact, context: Context) -> Statements:
        name = qualified(*fact.identity.path)
        dropped = Statement(
            f"DROP SEQUENCE {name}",
            f"Sequence {name} is not in the target.",
            lock=locks.DROP,
            relation=name,
            loses_data=position(name),
        )
        if after := sequence_handover.successor(fact, context):
            table = qualified(*fact.payload["owned_by"][:2])
            return sequence_handover.remembered(fact, after, table, dropped, context)
        return (dropped,)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        name, after = qualified(*change.identity.path), change.fact.payload
        wanted = set(differing)
        if "type" in wanted:
            # A new type brings its own bounds along unless they are given too.
            wanted |= {"minimum", "maximum"}
        numbers = " ".join(options(after, wanted))
        owner = (_owned_by(change.fact) or " OWNED BY NONE") if "owned_by" in wanted else ""
        reason = f"Sequence {name} differs in: {', '.join(sorted(differing))}."
        if differing == {"owned_by"} and owner:
            reason = f"{name} belongs to its column and goes with it."
        statements: list[Statement] = []
        if "persistence" in wanted:
            statements.append(_alter(name, set_persistence(name, after), reason))
        if {"minimum", "maximum"} & wanted:
            command = f"ALTER SEQUENCE {name} {numbers}"
            before = (change.before or change.fact).payload
            sql, lost = bounded(name, command, before, after)
            statements.append(replace(_alter(name, sql, reason), loses_data=lost))
            numbers = ""
        if owner and after["owned_by"]:
            statements += before_owned(change.fact, context)
        if numbers or owner:
            text = f"ALTER SEQUENCE {name}{' ' if numbers else ''}{numbers}{owner}"
            statements.append(_alter(name, text, reason))
        return (*statements, *_continued(change, context))

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        return (rename_relation(change, "SEQUENCE", locks.RENAME),)

    def first_form(self, fact: Fact, context: Context) -> Fact:
        del context
        owner = _owner(fact)
        if owner is None:
            return fact
        others = frozenset(needed for needed in fact.depends_on if needed != owner)
        return fact.has({"owned_by": None}).replaced(depends_on=others)

    def halfway(self, change: Change, context: Context) -> Fact | None:
        del context
        # A new column that it is given to has a default by it, which is there with the column.
        before, owner = change.before, _owner(change.fact)
        if before is None or owner is None or "owned_by" not in change.differing:
            return None
        left = {each for each in (_owner(before),) if each}
        needed = (change.fact.depends_on - {owner}) | left
        return change.fact.has({"owned_by": before.payload["owned_by"]}).replaced(depends_on=needed)

    def subject(self, fact: Fact) -> Any:
        return _owner(fact)

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        del target
        if "persistence" in change.differing:  # that of a table takes its sequences along
            for fact in (change.before, change.after):
                if fact is not None and (owner := _owner(fact)) is not None:
                    yield Identity("table", owner.path[:-1])

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        owner = _owner(fact)
        return () if owner is None else (owner,)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """The owner of its column's table, which must be its own."""
        del target
        if (column := _owner(fact)) is not None:
            for each in kinds().values():
                if each.is_relation:
                    yield Identity("owner", (each.name, *column.path[:-1]))


def _owner(fact: Fact) -> Identity | None:
    owned_by = fact.payload["owned_by"]
    return Identity("column", tuple(owned_by)) if owned_by else None


def _owned_by(fact: Fact) -> str:
    owned_by = fact.payload["owned_by"]
    return f" OWNED BY {qualified(*owned_by)}" if owned_by else ""


def _continued(change: Change, context: Context) -> Statements:
    """A sequence that a column with values comes to own goes on after them."""
    owner = _owner(change.fact)
    known = owner is not None and owner in context.source and owner not in context.created
    if owner is None or not known or (change.before and change.before.payload["owned_by"]):
        return ()
    sequence, table = qualified(*change.identity.path), qualified(*owner.path[:-1])
    if change.identity in context.source and change.identity not in context.dropped:
        return ()  # it has counted before
    if before := sequence_handover.predecessor(change.fact, context):
        return tuple(sequence_handover.resumed(change.fact, before, context))
    type_ = type_of_values(owner.path, context.target)
    sql = continued(sequence, identifier(owner.name), table, change.fact.payload, type_)
    reason = f"{sequence} goes on after the values that are there."
    return (Statement(sql, reason),) if sql else ()


def _alter(name: str, sql: str, reason: str) -> Statement:
    return Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=name)


KIND = SequenceKind()
