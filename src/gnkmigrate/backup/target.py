"""What a database that is to take a backup has already, and what it lacks."""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple

from psycopg import sql

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


def prepare(connection: Connection, provider: str, roles: Sequence[str]) -> Sequence[str]:
    """Makes a throwaway server ready for a dump; gives pg_restore's options for it.

    A server of our own gets the roles that the dump names, and so owners and grants; on a user's
    own they are left out instead.

    Args:
        connection: a session with the database that is to take the dump.
        provider: where the server came from.
        roles: those that the dump names.
    """
    if provider == "url":
        return "--no-tablespaces", "--no-owner", "--no-privileges"
    for name in missing_roles(connection, roles):
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    return ("--no-tablespaces",)


def _missing(
    connection: Connection, present: LiteralString, wanted: Sequence[str]
) -> tuple[str, ...]:
    names = {name for (name,) in connection.execute(present)}
    return tuple(name for name in wanted if name not in names)
