"""A column as CREATE TABLE and ADD COLUMN take it, and its settings, which follow."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks, not_null
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.column_settings import OF_TABLE_ALONE, given
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.identity.kind import defined as identity_defined
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


def defined(fact: Fact, default: str | None, identity: Fact | None, context: Context) -> str:
    """The column as CREATE TABLE and ADD COLUMN take it."""
    payload = fact.payload
    parts = [identifier(fact.identity.name), payload["type"]]
    if payload["collation"]:
        parts.append(f"COLLATE {payload['collation']}")
    return " ".join([*parts, *_qualities(fact, default, identity, context)])


def defined_by_type(fact: Fact, default: str | None, context: Context) -> str:
    """The column as CREATE TABLE ... OF takes it; "" where the type says all of it."""
    qualities = _qualities(fact, default, None, context)
    return " ".join(
        [identifier(fact.identity.name), "WITH OPTIONS", *qualities] if qualities else ()
    )


def _qualities(
    fact: Fact, default: str | None, identity: Fact | None, context: Context
) -> list[str]:
    """What stands behind the column's type."""
    payload, parts = fact.payload, list[str]()
    if payload["generated"]:
        expression = reprintable(payload["generated"])
        parts.append(f"GENERATED ALWAYS AS ({expression}) {payload['generation'].upper()}")
    elif identity is not None:
        parts.append(identity_defined(identity, context))
    elif default is not None:
        parts.append(f"DEFAULT {reprintable(default)}")
    parts += not_null.inline(fact, context)
    return parts


def settings(fact: Fact) -> Statements:
    """What a column made by CREATE TABLE still lacks: storage, statistics and the like."""
    reason = f"Column {column_name(fact)} has settings of its own."
    return (*set_to(fact, given(fact.payload), reason), *not_null.afterwards(fact))


def set_to(fact: Fact, actions: Sequence[str], reason: str) -> Iterator[Statement]:
    column = identifier(fact.identity.name)
    for action in actions:
        only = action.startswith(OF_TABLE_ALONE)
        statement = alter_table_of(fact, f"ALTER COLUMN {column} {action}", reason, only=only)
        yield replace(statement, lock=locks.of_setting(action))


def column_name(fact: Fact) -> str:
    return qualified(*fact.identity.path)
