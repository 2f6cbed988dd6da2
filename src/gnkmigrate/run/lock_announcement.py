"""Which locks phases take, how strong they are, and for how long at most: said before they run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gnkmigrate.kinds import locks
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.names import split
from gnkmigrate.settings import LimitSettings

if TYPE_CHECKING:
    from gnkmigrate.run.step import Step

# By strength: PostgreSQL manual, 13.3.1.
STRENGTH = (
    locks.ACCESS_SHARE,
    locks.ROW_SHARE,
    locks.ROW_EXCLUSIVE,
    locks.SHARE_UPDATE_EXCLUSIVE,
    locks.SHARE,
    locks.SHARE_ROW_EXCLUSIVE,
    locks.EXCLUSIVE,
    locks.ACCESS_EXCLUSIVE,
)

# By their names in the catalogs: to_regclass fails where the role may not use a schema, which it is
# for the preflight to say.
_THERE = """
SELECT asked.place
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked (schema, name, place)
JOIN pg_catalog.pg_namespace ON nspname = asked.schema
JOIN pg_catalog.pg_class ON relnamespace = pg_namespace.oid AND relname = asked.name
"""
_REFERRED_TO = """
SELECT DISTINCT format('%%s.%%s', other_schema.nspname, other.relname)
FROM unnest(%s::text[], %s::text[], %s::text[]) AS going (schema, name, key)
JOIN pg_catalog.pg_namespace ON pg_namespace.nspname = going.schema
JOIN pg_catalog.pg_class ON relnamespace = pg_namespace.oid AND relname = going.name
JOIN pg_catalog.pg_constraint ON conrelid = pg_class.oid AND conname = going.key
JOIN pg_catalog.pg_class AS other ON other.oid = confrelid
JOIN pg_catalog.pg_namespace AS other_schema ON other_schema.oid = other.relnamespace
"""


class Span(StrEnum):
    """How long a lock is held."""

    MOMENT = "for a moment"
    BATCH = "about {batch_ms} ms, batch after batch"
    SCAN = "while the table is read"
    SQL = "while its SQL runs, {statement_timeout_s:g} s a statement"


@dataclass(frozen=True)
class TableLock:
    """A lock that a step takes at most.

    Attributes:
        table: "schema.table".
        mode: as LOCK TABLE calls it.
        span: how long it is held.
    """

    table: str
    mode: str
    span: Span

    def lasts(self, limits: LimitSettings) -> str:
        """How long it is held at most, in words."""
        return self.span.format(**limits.model_dump())


def on(tables: Iterable[str], mode: str, span: Span) -> tuple[TableLock, ...]:
    """The same lock on each of these tables."""
    return tuple(TableLock(table, mode, span) for table in tables)


def strongest(taken: Iterable[TableLock]) -> tuple[TableLock, ...]:
    """The strongest of them on each table, by the tables' names."""
    found: dict[str, TableLock] = {}
    for lock in taken:
        known = found.setdefault(lock.table, lock)
        found[lock.table] = max(known, lock, key=lambda each: STRENGTH.index(each.mode))
    return tuple(found[table] for table in sorted(found))


def announced(connection: Connection, steps: Sequence["Step"]) -> tuple[TableLock, ...]:
    """The strongest lock on each table that is there; nobody waits for one that is to be made.

    Args:
        connection: a session with the database.
        steps: those that are left to run.
    """
    beside = _referred_to(connection, steps)
    found = strongest([lock for step in steps for lock in step.locks] + beside)
    schemas, names = _parts([lock.table for lock in found])
    rows = connection.execute(_THERE, (schemas, names)).fetchall()
    there = {int(row[0]) for row in rows}
    return tuple(lock for place, lock in enumerate(found, 1) if place in there)


def _parts(tables: Sequence[str]) -> tuple[list[str], list[str]]:
    """The schemas of tables, "schema.table", and their names."""
    parts = [split(table) for table in tables]
    return [schema for schema, _ in parts], [name for _, name in parts]


def _referred_to(connection: Connection, steps: Sequence["Step"]) -> list[TableLock]:
    """The tables that foreign keys refer to which go: they are locked as their own are."""
    going = [step.dropped_key for step in steps if step.dropped_key is not None]
    if not going:
        return []
    schemas, names = _parts([table for table, _ in going])
    keys = [key for _, key in going]
    rows = connection.execute(_REFERRED_TO, (schemas, names, keys)).fetchall()
    return list(on((row[0] for row in rows), locks.ACCESS_EXCLUSIVE, Span.MOMENT))
