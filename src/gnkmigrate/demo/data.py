"""The rows of the database that is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from psycopg import ClientCursor

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query


@dataclass(frozen=True)
class Answer:
    """A query with its result.

    Attributes:
        title: what it asks, from the first line of its file.
        columns: the names of its columns.
        rows: what it gave.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


def fill(connection: Connection, rows: int) -> None:
    """Writes the rows that the report counted, and `rows` generated ones beside them.

    Args:
        connection: a session with a database that has the report's schema.
        rows: nodes, and as many requests; the same number always gives the same rows.
    """
    with connection.transaction():
        connection.execute(query("demo", "report"))
        # Bound by the client: a script of several statements takes no parameters.
        ClientCursor(connection).execute(query("demo", "generated"), {"rows": rows})
    connection.execute("ANALYZE")


def answers(connection: Connection) -> Sequence[Answer]:
    """What the new shape answers, with a tracker's data that is rolled back afterwards."""
    with connection.transaction(force_rollback=True):
        connection.execute(query("demo", "tracker"))
        return tuple(_ask(connection, text) for text in _queries())


def _queries() -> Iterator[str]:
    folder = resources.files(__package__) / "queries"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        yield file.read_text(encoding="utf-8")


def _ask(connection: Connection, text: str) -> Answer:
    cursor = connection.execute(text.encode())
    columns = [column.name for column in cursor.description or ()]
    return Answer(text.splitlines()[0].removeprefix("-- "), columns, cursor.fetchall())
