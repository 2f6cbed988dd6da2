"""What the journal remembers for a phase, or for none in particular, each under a key."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.journal_schema import exists, reading

# What is noted of no phase in particular, and can be no phase's name for the same reason.
ALL = "(all)"
# Under which the journal has what the last run left; see drift.py.
FACTS = "facts"
# Under which a phase remembers how its backfills were tuned; see tuning.py.
TUNING = "tuning"
# And before which step it waits for its cutover; see cutover.py.
CUTOVER = "cutover"
# What the schema was before an optional phase, and what that made of it; see optional_changes.py.
BEFORE = "before"
MADE = "made"
# How far the last comparison of old and new rows came; see agreement.py.
COMPARISON = "comparison"


def recall(connection: Connection, phase: str, key: str) -> Any:
    """What was remembered for a phase under `key`; None when nothing was."""
    row = connection.execute(
        "SELECT value FROM gnkmigrate.memory WHERE phase = %s AND key = %s", (phase, key)
    ).fetchone()
    return row[0] if row else None


def note_facts(connection: Connection, found: Mapping[str, Any]) -> None:
    """Writes what the schema is after a run."""
    note(connection, ALL, FACTS, dict(found))


def note(connection: Connection, phase: str, key: str, value: Any) -> None:
    """Remembers something for a phase, instead of what it had under the key."""
    connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (phase, key, Jsonb(value)),
    )


def erase_note(connection: Connection, phase: str, key: str) -> None:
    """Forgets one thing of a phase."""
    connection.execute("DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s", (phase, key))


def note_comparison(connection: Connection, phase: str, found: Mapping[str, Any]) -> None:
    """Writes how far a comparison before a cutover is, and when that was."""
    connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value)"
        " VALUES (%s, %s, %s || jsonb_build_object('at', clock_timestamp()))"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (phase, COMPARISON, Jsonb(dict(found))),
    )


def notes(connection: Connection, *keys: str) -> Mapping[tuple[str, str], Any]:
    """What is remembered under these keys, by phase and key; nothing where there is no journal.

    Raises:
        PhaseRefused: the role may not read it.
    """
    return read(connection, keys) if exists(connection) else {}


def read(connection: Connection, keys: Sequence[str]) -> Mapping[tuple[str, str], Any]:
    """`notes` of a journal that is there and is to be trusted.

    Raises:
        PhaseRefused: the role may not read it.
    """
    query = "SELECT phase, key, value FROM gnkmigrate.memory WHERE key = ANY (%s)"
    with reading(connection):
        rows = connection.execute(query, (list(keys),)).fetchall()
    return {(phase, key): value for phase, key, value in rows}


def erase_memory(connection: Connection, phase: str) -> None:
    """Forgets how things were before a phase, once they are so again."""
    connection.execute("DELETE FROM gnkmigrate.memory WHERE phase = %s", (phase,))
