"""A sequence whose place another one of its name takes goes on in that one.

A serial column that becomes an identity column, or the other way round, has another sequence of
the same name. One that stands in for a while remembers where the old one stood.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.free_names import names_taken, stand_in
from gnkmigrate.kinds.sequence_options import bounded, options
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import dollar_quoted, literal, qualified

_HELD = frozenset({"type", "minimum", "maximum", "start"})


def successor(fact: Fact, context: Context) -> Fact | None:
    """What takes the place of a sequence, or of an identity's, that is dropped."""
    if fact.kind == "identity":
        found = context.target.get("sequence", *_name(fact))
        same = found and tuple(found.payload["owned_by"] or ()) == fact.identity.path
    else:
        found = context.target.get("identity", *(fact.payload["owned_by"] or ()))
        same = found and _name(found) == _name(fact)
    if not found or not same or found.identity not in context.created:
        return None
    column = Identity("column", _column(found))
    # One of another table that has taken this one's name, or left it, has values of its own.
    stays = column not in context.created and column not in context.dropped
    return found if stays else None


def predecessor(fact: Fact, context: Context) -> Fact | None:
    """Whose place a new sequence, or an identity's, takes."""
    if fact.kind == "identity":
        found = context.source.get("sequence", *_name(fact))
    else:
        found = context.source.get("identity", *(fact.payload["owned_by"] or ()))
    if found is None or found.identity not in context.dropped:
        return None
    after = successor(found, context)
    return found if after is not None and after.identity == fact.identity else None


def remembered(
    fact: Fact, after: Fact, table: str, dropped: Statement, context: Context
) -> Statements:
    """The statement that drops it, told to remember where it stands.

    One command, so that nobody gets a value of it that is not remembered.
    """
    old, kept = qualified(*_name(fact)), _kept(fact, context)
    reason = f"Another sequence of the same name goes on where {old} stands."
    body = (
        f"BEGIN LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; "
        f"PERFORM pg_catalog.setval({literal(kept)}, last_value, is_called) FROM {old}; "
        f"{dropped.sql}; END"
    )
    return (
        Statement(f"CREATE SEQUENCE {kept} {' '.join(options(fact.payload, _HELD))}", reason),
        replace(
            dropped,
            sql=f"DO {dollar_quoted(body)}",
            lock=locks.ACCESS_EXCLUSIVE,
            relation=table,
            loses_data=lost(fact, after),
        ),
    )


def lost(before: Fact, after: Fact) -> str:
    """What is lost of where it stands."""
    return bounded(qualified(*_name(before)), "", before.payload, after.payload)[1]


def resumed(fact: Fact, before: Fact, context: Context) -> Iterator[Statement]:
    """Once the new one is there: it stands where the old one stood."""
    new, kept = qualified(*_name(fact)), _kept(fact, context)
    reason = f"{new} goes on where the one of the same name stood."
    sql = f"SELECT pg_catalog.setval({literal(new)}, last_value, is_called) FROM {kept}"
    if lost(before, fact):
        sql += f" WHERE last_value BETWEEN {_bounds(fact.payload)}"
    yield Statement(sql, reason)
    yield Statement(f"DROP SEQUENCE {kept}", reason, lock=locks.DROP, relation=kept)


def _bounds(payload: Mapping[str, Any]) -> str:
    return f"{payload['minimum']} AND {payload['maximum']}"


def _column(fact: Fact) -> tuple[str, ...]:
    return fact.identity.path if fact.kind == "identity" else tuple(fact.payload["owned_by"])


def _name(fact: Fact) -> Sequence[str]:
    if fact.kind == "identity":
        return (fact.payload["sequence_schema"], fact.payload["sequence_name"])
    return fact.identity.path


def _kept(fact: Fact, context: Context) -> str:
    """The name of what stands in."""
    schema, name = _name(fact)
    taken = frozenset().union(*(side.once(names_taken) for side in context.sides))
    return qualified(schema, stand_in(name, taken, "_kept"))
