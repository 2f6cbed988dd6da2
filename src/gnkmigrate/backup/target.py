"""What a database that is to take a backup has already, and what it lacks."""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple

from gnkmigrate.backup.contents import query
from gnkmigrate.connection import Connection


class Held(NamedTuple):
    """An object of a database.

    Attributes:
        description: its kind and its name.
        drop: the statement that drops it, and what depends on it.
    """

    description: str
    drop: str


def held(connection: Connection) -> tuple[Held, ...]:
    """What a database holds apart from extensions; nothing when it is empty.

    What merely goes with another object, such as an index, is left out.
    """
    return tuple(Held(*row) for row in connection.execute(query("objects")))


def missing_extensions(connection: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    """Extensions that cannot be made on the server."""
    return _missing(connection, "SELECT name::text FROM pg_available_extensions", wanted)


def missing_roles(connection: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    """Roles that the server does not have."""
    return _missing(connection, "SELECT rolname::text FROM pg_roles", wanted)


def _missing(
    connection: Connection, present: LiteralString, wanted: Sequence[str]
) -> tuple[str, ...]:
    names = {name for (name,) in connection.execute(present)}
    return tuple(name for name in wanted if name not in names)
