"""The journal in the database itself: what was run, and what is in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gnkmigrate import __version__, own_objects
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal_notes
from gnkmigrate.run.events import Direction
from gnkmigrate.run.journal_notes import COMPARISON, CUTOVER, TUNING
from gnkmigrate.run.journal_schema import exists, reading

# The name of a contract among the runs; no phase can be called so, since it is in parentheses.
CONTRACT = "(contract)"


class Kept(Enum):
    """Says of Alembic's revision that it stays as it is."""

    KEPT = "kept"


KEPT: Final = Kept.KEPT
Head: TypeAlias = str | Literal[Kept.KEPT] | None


@dataclass(frozen=True)
class Run:
    """One upgrade or downgrade of a phase; the columns of gnkmigrate.run.

    Attributes:
        rows: rows moved or changed by its steps.
        parameters: the values that its SQL was filled in with.
    """

    number: int
    phase: str
    revision: str
    direction: Direction
    state: str
    checksum: str
    steps: int
    rows: int
    parameters: Mapping[str, str]
    error: str | None
    tool_version: str
    database_user: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class StepState:
    """One step whose effect stands, whole or in part; the columns of gnkmigrate.step."""

    phase: str
    direction: Direction
    name: str
    state: str
    checksum: str
    rows: int


def runs(connection: Connection) -> Sequence[Run]:
    """Every run, oldest first; none where there is no journal.

    Raises:
        PhaseRefused: the role may not read them.
    """
    return _runs(connection) if exists(connection) else ()


def steps(connection: Connection) -> Sequence[StepState]:
    """Every step in force; none where there is no journal.

    Raises:
        PhaseRefused: the role may not read them.
    """
    return _steps(connection) if exists(connection) else ()


@dataclass(frozen=True)
class Entries:
    """What the journal says, read at once.

    Attributes:
        runs: every run, oldest first.
        steps: every step in force.
        notes: what is remembered under the keys that were asked for, by phase and key.
    """

    runs: Sequence[Run] = ()
    steps: Sequence[StepState] = ()
    notes: Mapping[tuple[str, str], Any] = field(default_factory=dict)


def entries(connection: Connection, *keys: str) -> Entries:
    """All that a status is made of; nothing where there is no journal.

    Raises:
        PhaseRefused: the role may not read it, or it is not to be trusted.
    """
    if not exists(connection):
        return Entries()
    return Entries(_runs(connection), _steps(connection), journal_notes.read(connection, keys))


def _runs(connection: Connection) -> Sequence[Run]:
    with reading(connection), connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(
            "SELECT number, phase, revision, direction, state, checksum, steps, rows, parameters,"
            " error, tool_version, database_user, started_at, finished_at"
            " FROM gnkmigrate.run ORDER BY number"
        ).fetchall()


def _steps(connection: Connection) -> Sequence[StepState]:
    with reading(connection), connection.cursor(row_factory=class_row(StepState)) as cursor:
        return cursor.execute(
            "SELECT phase, direction, name, state, checksum, rows FROM gnkmigrate.step"
            " ORDER BY started_at, name"
        ).fetchall()


def begin_run(
    connection: Connection,
    *,
    phase: str,
    revision: str,
    direction: Direction,
    checksum: str,
    steps: int,
    parameters: Mapping[str, str],
) -> int:
    """Opens a run and gives its number.

    A run that was left open counts as failed; how it was tuned holds for the one that goes on.
    """
    with connection.transaction():
        connection.execute(
            f"DELETE FROM gnkmigrate.memory WHERE key = '{TUNING}' AND phase NOT IN"
            " (SELECT phase FROM gnkmigrate.run WHERE state = 'running');"
            "UPDATE gnkmigrate.run SET state = 'failed', error = coalesce(error, 'interrupted')"
            " WHERE state = 'running'".encode()
        )
        row = connection.execute(
            "INSERT INTO gnkmigrate.run (number, phase, revision, direction, state, checksum,"
            " steps, parameters, tool_version)"
            " SELECT coalesce(max(number), 0) + 1, %s, %s, %s, 'running', %s, %s, %s, %s"
            " FROM gnkmigrate.run RETURNING number",
            (phase, revision, direction, checksum, steps, Jsonb(dict(parameters)), __version__),
        ).fetchone()
    if row is None:
        raise TypeError("INSERT ... RETURNING gives a row")
    return int(row[0])


def finish_run(connection: Connection, number: int, *, head: Head) -> None:
    """Closes a run, and tells Alembic's version table the same in one transaction.

    With the last phase everything of ours goes but the journal.

    Args:
        connection: the session of the run.
        number: the run's number.
        head: the revision that the database is at now; None when none is left.
    """
    with connection.transaction():
        connection.execute(
            "UPDATE gnkmigrate.run SET state = 'done', finished_at = clock_timestamp()"
            " WHERE number = %s",
            (number,),
        )
        if head is not KEPT:
            connection.execute(
                "DELETE FROM gnkmigrate.alembic_version;"
                f"DELETE FROM gnkmigrate.memory WHERE key IN ('{CUTOVER}', '{COMPARISON}')".encode()
            )
        if head is None:
            own_objects.drop_empty(connection)
        if isinstance(head, str):
            connection.execute("INSERT INTO gnkmigrate.alembic_version VALUES (%s)", (head,))


def fail_run(connection: Connection, number: int, error: str) -> None:
    connection.execute(
        "UPDATE gnkmigrate.run SET state = 'failed', finished_at = clock_timestamp(), error = %s"
        " WHERE number = %s",
        (error, number),
    )


def record_contract(connection: Connection) -> None:
    """Writes that the phases done until now cannot be undone any more."""
    connection.execute(
        "INSERT INTO gnkmigrate.run (number, phase, revision, direction, state, checksum, steps,"
        " parameters, tool_version, finished_at)"
        " SELECT coalesce(max(number), 0) + 1, %s, '', 'up', 'done', '', 0, '{}', %s,"
        " clock_timestamp() FROM gnkmigrate.run",
        (CONTRACT, __version__),
    )


def record_step(
    connection: Connection,
    run: int,
    step: StepState,
) -> None:
    """Writes that a step stands; rows are added to those it had and to the run's."""
    values: Mapping[str, Any] = {**vars(step), "run": run}
    connection.execute(
        "INSERT INTO gnkmigrate.step (phase, direction, name, state, checksum, rows, run,"
        " finished_at) VALUES (%(phase)s, %(direction)s, %(name)s, %(state)s, %(checksum)s,"
        " %(rows)s, %(run)s, CASE %(state)s WHEN 'applied' THEN clock_timestamp() END)"
        " ON CONFLICT (phase, direction, name) DO UPDATE SET state = excluded.state,"
        " rows = gnkmigrate.step.rows + excluded.rows, run = excluded.run,"
        " checksum = excluded.checksum, finished_at = excluded.finished_at",
        values,
    )
    add_rows(connection, run, step.rows)


def add_rows(connection: Connection, run: int, rows: int) -> None:
    if rows:
        connection.execute(
            "UPDATE gnkmigrate.run SET rows = rows + %s WHERE number = %s", (rows, run)
        )


def reopen_steps(connection: Connection, phase: str, names: Sequence[str]) -> None:
    """Writes that steps of an upgrade stand in part at most."""
    connection.execute(
        "UPDATE gnkmigrate.step SET state = 'partial', finished_at = NULL"
        " WHERE phase = %s AND direction = 'up' AND name = ANY (%s)",
        (phase, list(names)),
    )


def erase_step(connection: Connection, phase: str, direction: Direction, name: str) -> None:
    """Writes that a step no longer stands."""
    connection.execute(
        "DELETE FROM gnkmigrate.step WHERE phase = %s AND direction = %s AND name = %s",
        (phase, direction, name),
    )


def erase_loose(connection: Connection, phase: str, names: Sequence[str]) -> None:
    """Writes that steps without a way back stand no longer, once no other of the upgrade does.

    What they have done has gone with the others, so that the next upgrade does it anew.
    """
    connection.execute(
        "DELETE FROM gnkmigrate.step WHERE phase = %(phase)s AND direction = 'up'"
        " AND NOT EXISTS (SELECT FROM gnkmigrate.step WHERE phase = %(phase)s"
        " AND direction = 'up' AND name <> ALL (%(names)s))",
        {"phase": phase, "names": list(names)},
    )


def erase_direction(connection: Connection, phase: str, direction: Direction) -> None:
    connection.execute(
        "DELETE FROM gnkmigrate.step WHERE phase = %s AND direction = %s", (phase, direction)
    )
