"""Indexes that phases will build: the extension hypopg makes the planner believe in them.

Nothing is built, and no other session sees them. Of the phases count the calls of op.build_index
whose table and columns are there already.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.names import split
from gnkmigrate.run.phase import Phase

EXTENSION = "hypopg"


@dataclass(frozen=True)
class Hypothetical:
    """An index that is not there.

    Attributes:
        name: "schema.index", as the phase will call it.
        table: "schema.table".
        known_as: its name in plans.
        size: bytes that it will take, about.
        unique: whether it is for more than reading.
    """

    name: str
    table: str
    known_as: str
    size: int
    unique: bool


def schema_of_extension(session: Connection) -> str | None:
    """The schema of the extension, quoted; None where it is not installed in this database."""
    row = session.execute(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = %s", [EXTENSION]
    ).fetchone()
    return str(row[0]) if row else None


@contextmanager
def hypothetical(
    session: Connection, schema: str, phases: Sequence[Phase]
) -> Iterator[tuple[Hypothetical, ...]]:
    """The indexes of these phases, for the planner of this session, until the block ends.

    Args:
        session: in autocommit.
        schema: where the extension is, quoted.
        phases: those that are pending.
    """
    steps = [step for phase in phases for step in phase.up_steps if isinstance(step, BuildIndex)]
    try:
        yield tuple(found for step in steps for found in _made(session, schema, step))
    finally:
        session.execute(sql.SQL("SELECT {}.hypopg_reset()").format(sql.SQL(schema)))


def _made(session: Connection, schema: str, step: BuildIndex) -> Iterator[Hypothetical]:
    create = sql.SQL(
        "SELECT made.indexname, {schema}.hypopg_relation_size(made.indexrelid)"
        " FROM {schema}.hypopg_create_index({statement}) AS made"
    ).format(schema=sql.SQL(schema), statement=sql.Literal(step.script({})[0]))
    try:
        with session.transaction():
            row = session.execute(create).fetchone()
    except psycopg.Error:  # a column that a phase makes, or what hypopg has no word for
        return
    if row is not None:
        name = f"{split(step.table)[0]}.{step.index}"
        yield Hypothetical(name, step.table, str(row[0]), int(row[1]), step.unique)
