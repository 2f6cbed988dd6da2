"""What a database that is to take a backup has already, and what it lacks."""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple

from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

# pg_restore's options that leave owners and grants out.
OWNERLESS = ("--no-owner", "--no-privileges")

_IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


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
    return tuple(Held(*row) for row in connection.execute(query("backup.sql", "objects")))


def missing_extensions(connection: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    """Extensions that cannot be made on the server."""
    return _missing(connection, "SELECT name::text FROM pg_available_extensions", wanted)


def missing_roles(connection: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    """Roles that the server does not have."""
    return _missing(connection, "SELECT rolname::text FROM pg_roles", wanted)


def prepare(connection: Connection, provider: str, roles: Sequence[str]) -> Sequence[str]:
    """Makes a throwaway server ready for a dump; gives pg_restore's options for it.

    A server of our own gets the roles that the dump names, and so owners and grants. On a user's
    own they are left out instead, unless it has these roles already, and a superuser is at work.

    Args:
        connection: a session with the database that is to take the dump.
        provider: where the server came from.
        roles: those that the dump names.
    """
    missing = missing_roles(connection, roles)
    if provider == "url":
        ((superuser,),) = connection.execute(_IS_SUPERUSER).fetchall()
        left_out = () if superuser and not missing else OWNERLESS
        return "--no-tablespaces", *left_out
    for name in missing:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    return ("--no-tablespaces",)


def _missing(
    connection: Connection, present: LiteralString, wanted: Sequence[str]
) -> tuple[str, ...]:
    names = {name for (name,) in connection.execute(present)}
    return tuple(name for name in wanted if name not in names)
