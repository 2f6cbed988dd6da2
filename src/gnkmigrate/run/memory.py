"""What a step remembers in the journal: values for its way back, and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.events import Direction


class Memory:
    """The part of `Work` that keeps something for a step.

    Attributes:
        connection: the session of the run.
        phase: the phase's name.
        direction: which way it runs.
        step: the name of the running step.
    """

    connection: Connection
    phase: str
    direction: Direction
    step: str

    def remember(self, key: str, value: Any) -> None:
        """Keeps a JSON value for the phase's way back; the first one stays."""
        self.connection.execute(
            "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            (self.phase, key, Jsonb(value)),
        )

    def recall(self, key: str) -> Any:
        """What was remembered under `key`; None when nothing was."""
        return self.recall_all([key]).get(key)

    def recall_all(self, keys: Sequence[str]) -> Mapping[str, Any]:
        """What was remembered under each of these keys, where anything was."""
        query = "SELECT key, value FROM gnkmigrate.memory WHERE phase = %s AND key = ANY (%s)"
        return dict(self.connection.execute(query, (self.phase, list(keys))).fetchall())

    def forget(self, key: str) -> None:
        self.connection.execute(
            "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s", (self.phase, key)
        )

    @property
    def checkpoint(self) -> Any:
        """Where a batched step has come to; None at its beginning."""
        row = self.connection.execute(
            "SELECT checkpoint FROM gnkmigrate.step "
            "WHERE phase = %s AND direction = %s AND name = %s",
            (self.phase, self.direction, self.step),
        ).fetchone()
        return row[0] if row else None

    def save_checkpoint(self, value: Any, rows: int) -> None:
        """Keeps a place and counts the rows, in the transaction of the batch that reached it."""
        self.connection.execute(
            "UPDATE gnkmigrate.step SET checkpoint = %s, rows = rows + %s "
            "WHERE phase = %s AND direction = %s AND name = %s",
            (Jsonb(value), rows, self.phase, self.direction, self.step),
        )
        self.connection.execute(
            "UPDATE gnkmigrate.run SET rows = run.rows + %s FROM gnkmigrate.step"
            " WHERE step.run = run.number AND step.phase = %s AND step.direction = %s"
            " AND step.name = %s",
            (rows, self.phase, self.direction, self.step),
        )
