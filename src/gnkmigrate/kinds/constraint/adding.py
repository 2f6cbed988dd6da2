"""How a constraint is added: in one step, or in several that let others read and write."""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import key_index, locks, second_rows
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.constraint.definition import (
    INDEXED,
    defined,
    in_words,
    is_lax,
    is_settled,
    table_of,
)
from gnkmigrate.kinds.constraint.rows_in_the_way import stops_at
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_key_firing import set_firing
from gnkmigrate.kinds.foreign_keys import given_below, referenced
from gnkmigrate.kinds.hidden_rows import none_there
from gnkmigrate.kinds.statement import Rows, Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


def add(fact: Fact, before: str, reason: str, context: Context) -> Statements:
    """ALTER TABLE ... ADD for a foreign key or a check, in one step or in two."""
    stays_open = not is_settled(fact)
    in_two = (context.is_busy(table_of(fact)) and not is_lax(fact)) or stays_open
    if stopped := tuple(stops_at(fact, context)):
        reason += f" {qualified(*(referenced(fact) or ()))} has nothing yet to refer to."
    action = f"{before}ADD {defined(fact)}{' NOT VALID' if in_two else ''}"
    is_key = fact.payload["type"] == "foreign key" and not before
    lock = locks.ADD_FOREIGN_KEY if is_key else locks.ALTER_TABLE
    scans = not in_two and not context.is_new(table_of(fact))
    added = alter_table(fact, action, reason, lock=lock, scans=scans)
    # Of a key that becomes a share of this one the triggers go (AttachPartitionForeignKey).
    adopts = is_key and any(given_below(fact, context.source))
    beside = locked_beside(fact, locks.ALTER_TABLE if adopts else lock, context)
    added = none_there(
        replace(added, beside=beside, stops_at=stopped), table_of(fact), [fact], context
    )
    validated = () if stays_open or not in_two else (validate(fact),)
    return (added, *validated, *fires(fact, None))


def locked_beside(fact: Fact, lock: str, context: Context) -> tuple[tuple[str, str], ...]:
    """The other end of a foreign key, whose triggers come and go with it."""
    there = referenced(fact)
    if there is None or there == table_of(fact).path or context.is_new(Identity("table", there)):
        return ()
    return ((qualified(*there), lock),)


def left_beside(change: Change, context: Context) -> tuple[tuple[str, str], ...]:
    """The table that a foreign key refers to no more, where it comes to refer to another one."""
    before = change.before
    if before is None or referenced(before) == referenced(change.fact):
        return ()
    return locked_beside(before, locks.ALTER_TABLE, context)


def stops_key(key: Fact, context: Context) -> tuple[Rows, ...]:
    """The rows that a primary key or a unique constraint would stop at."""
    if key.payload["type"] not in INDEXED:
        return ()
    equal = " NULLS NOT DISTINCT " in str(key.payload["definition"])
    columns = key.payload["columns"]
    return tuple(second_rows.stops_at(table_of(key), columns, context, nulls_are_equal=equal))


def fires(fact: Fact, before: Fact | None) -> Iterator[Statement]:
    """Statements for the triggers of a foreign key, which are new where there is no `before`."""
    if fact.payload["type"] == "foreign key":
        yield from set_firing(fact, before.payload["firing"] if before else None)


def validate(fact: Fact) -> Statement:
    return alter_table(
        fact,
        f"VALIDATE CONSTRAINT {identifier(fact.identity.name)}",
        "Rows that were there before are checked while others write.",
        lock=locks.VALIDATE_CONSTRAINT,
        scans=True,
    )


def by_index(fact: Fact, stopped: tuple[Rows, ...]) -> Statements:
    """A key whose index is built first; empty where ALTER TABLE has no such form for it.

    Args:
        fact: the key.
        stopped: the rows that it would stop at.
    """
    built = key_index.built_first(fact)
    if built is None:
        return ()
    index, action = built
    relation, name = qualified(*table_of(fact).path), identifier(fact.identity.name)
    return (
        Statement(
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {relation} {index}",
            f"The index of the {in_words(fact)} is built while others write."
            f"{second_rows.SAID if stopped else ''}",
            lock=locks.CREATE_INDEX_CONCURRENTLY,
            relation=relation,
            scans=True,
            transactional=False,
            builds=qualified(fact.identity.path[0], fact.identity.name),
            stops_at=stopped,
        ),
        alter_table(fact, f"ADD CONSTRAINT {name} {action}", f"The {in_words(fact)} is missing."),
    )


def alter_table(
    fact: Fact,
    action: str,
    reason: str,
    *,
    lock: str = locks.ALTER_TABLE,
    scans: bool = False,
    only: bool = False,
) -> Statement:
    relation = qualified(*table_of(fact).path)
    sql = f"ALTER TABLE {'ONLY ' if only else ''}{relation} {action}"
    return Statement(sql, reason, lock=lock, relation=relation, scans=scans)
