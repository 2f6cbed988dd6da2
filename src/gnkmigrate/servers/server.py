"""A server on which databases may be made and dropped at will."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, errors, sql

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers.password import verifier

PREFIX = "gnkmigrate_"
# Who runs the users' scripts on a server of ours: nobody that they could mean by a name.
LOADER = "gnkmigrate_loader"

# Who writes the rows of a copy there.
CARRIER = "gnkmigrate_carrier"
# Large objects are made by whoever makes the schema, and belong to others by then.
_CARRIER = """
CREATE ROLE {0} NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS LOGIN PASSWORD {1};
GRANT pg_read_all_data, pg_write_all_data TO {0};
ALTER ROLE {0} SET lo_compat_privileges = on
"""
# Those that a dump names: what they own they may run.
_ORDINARY_ROLES = """
SELECT rolname::text FROM pg_catalog.pg_roles
WHERE NOT rolsuper AND rolname !~ '^pg_' AND rolname <> %s ORDER BY 1
"""

# Copying files takes half the time, but needs a checkpoint, which a server in use would feel.
FIRST_WITH_STRATEGY = 15

_SUBSCRIPTIONS = """
SELECT subscription.subname
FROM pg_subscription AS subscription
JOIN pg_database AS database ON database.oid = subscription.subdbid
WHERE database.datname = %s"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and what is known about it.

    Attributes:
        url: its maintenance database, as a role that may create databases; a superuser unless
            the server is the user's own.
        version: server_version_num, e.g. 160015.
        provider: "url", "embedded" or "docker".
        binaries: the folder that holds its pg_dump, pg_restore and psql; None if unknown.
    """

    url: DatabaseUrl
    version: int
    provider: str
    binaries: Path | None

    @property
    def major(self) -> int:
        """The major version, e.g. 16."""
        return self.version // 10000

    @property
    def is_ours(self) -> bool:
        """Whether it is thrown away afterwards, with all that is made on it."""
        return self.provider != "url"

    @property
    def superuser(self) -> str:
        """The role of `url`."""
        return str(conninfo.conninfo_to_dict(self.url.conninfo).get("user", ""))

    @property
    def _password(self) -> sql.Literal:
        """The same password for another role, as a server of ours keeps it."""
        given = conninfo.conninfo_to_dict(self.url.conninfo)
        return sql.Literal(verifier(str(given["password"])))

    def as_loader(self, url: DatabaseUrl) -> DatabaseUrl:
        """A database of this server for a role of which no script knows; on the user's, as it is.

        What such a script leaves to whoever runs it can then be told from what it says.
        """
        if not self.is_ours:
            return url
        create = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}").format(
            sql.Identifier(LOADER), self._password
        )
        with connect(self.url) as connection, suppress(errors.DuplicateObject):
            connection.execute(create)
        return DatabaseUrl(conninfo.make_conninfo(url.conninfo, user=LOADER))

    @contextmanager
    def carrier(self, url: DatabaseUrl) -> Iterator[DatabaseUrl]:
        """A database of this server for a role that writes any row and is no superuser.

        Rows that come into a copy of somebody's database set off what is declared for them: checks
        of tables and domains, generated columns. On a server of ours this does not run with a
        superuser's rights; on the user's, with those of the role that the user gave. The role is
        gone after the block.
        """
        if not self.is_ours:
            yield url
            return
        role = sql.Identifier(CARRIER)
        with connect(self.url) as connection:
            connection.execute(sql.SQL(_CARRIER).format(role, self._password))
            for (name,) in connection.execute(_ORDINARY_ROLES, (CARRIER,)).fetchall():
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(name), role))
            try:
                yield DatabaseUrl(conninfo.make_conninfo(url.conninfo, user=CARRIER))
            finally:
                connection.execute(sql.SQL("DROP ROLE {}").format(role))

    def create_database(self, name: str | None = None, template: str | None = None) -> DatabaseUrl:
        """Makes a database and returns its address.

        Args:
            name: what to call it; a random name when None. On a server that the user gave, it
                gets a random prefix, so that it meets no database of theirs.
            template: the database to copy, to which nobody may be connected; an empty database
                without local additions (template0) when None.

        Raises:
            ServerUnavailable: the server refuses.
        """
        unique = f"{PREFIX}{secrets.token_hex(6)}"
        if self.provider == "url":
            database = f"{unique}_{name}" if name else unique
        else:
            database = name or unique
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(database), sql.Identifier(template or "template0")
        )
        if self.provider != "url" and self.major >= FIRST_WITH_STRATEGY:
            statement += sql.SQL(" STRATEGY file_copy")
        with connect(self.url) as connection:
            self._run(connection, statement, f"The database {database} could not be created")
        return self.url.with_database(database)

    def drop_database(self, url: DatabaseUrl) -> None:
        """Drops a database, ending whatever sessions it has; one that is gone already is fine.

        Args:
            url: as `create_database` returned it.

        Raises:
            ServerUnavailable: the server refuses, or the database is the user's own.
        """
        database = str(conninfo.conninfo_to_dict(url.conninfo).get("dbname", ""))
        if self.provider == "url" and not database.startswith(PREFIX):
            raise ServerUnavailable(
                f"The database {database} was not made by gnkmigrate and is not dropped.",
                hint=f"On a given server only databases named {PREFIX}... are dropped.",
            )
        with connect(self.url) as connection:
            names = [name for (name,) in connection.execute(_SUBSCRIPTIONS, [database])]
            if names:
                self._drop_subscriptions(url, names)
            self._run(
                connection,
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)),
                f"The database {database} could not be dropped",
            )

    @staticmethod
    def _drop_subscriptions(url: DatabaseUrl, names: Sequence[str]) -> None:
        """A database that has one cannot be dropped; what it subscribes to is left alone."""
        with connect(url) as connection:
            for name in map(sql.Identifier, names):
                for action in ("ALTER SUBSCRIPTION {} DISABLE",
                               "ALTER SUBSCRIPTION {} SET (slot_name = NONE)",
                               "DROP SUBSCRIPTION {}"):  # fmt: skip
                    connection.execute(sql.SQL(action).format(name))

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[DatabaseUrl]:
        """A database that lasts as long as the block, whatever happens in it."""
        url = self.create_database(template=template)
        try:
            yield url
        finally:
            self.drop_database(url)

    def _run(self, connection: Connection, statement: sql.Composed, failure: str) -> None:
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            raise ServerUnavailable(
                f"{failure} on {self.url}: {error.diag.message_primary or error}",
                hint=_hint(error),
            ) from None


def _hint(error: psycopg.Error) -> str:
    match error:
        case errors.InsufficientPrivilege():
            return "Use a role that may create databases: ALTER ROLE ... CREATEDB."
        case errors.ObjectInUse():
            return "Close the sessions of the template database and try again."
        case errors.DiskFull():
            return "Make room on the server's disk and try again."
        case _:
            return "The server's log may tell more."
