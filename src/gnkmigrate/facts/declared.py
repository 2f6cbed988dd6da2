"""Databases that are as files or models declare, on throwaway servers, and what is in them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.files import Script, read_scripts
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.runnable import left_out
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.stated import as_script
from gnkmigrate.kinds import satellites
from gnkmigrate.models import is_models, write
from gnkmigrate.models.running import Into
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import LOADER, Server
from gnkmigrate.settings import Settings


class Declared(NamedTuple):
    """A database that is as somebody declares.

    Attributes:
        url: where it is, as the role that has made what is in it.
        roles: roles of the server that were made for it.
    """

    url: DatabaseUrl
    roles: frozenset[str]


@contextmanager
def declared(source: str, server: Server, settings: Settings) -> Iterator[Declared]:
    """A database made from SQL files or models, for as long as the block lasts.

    Args:
        source: a .sql file, a folder of them, or models.
        server: a throwaway server.
        settings: the project; `schemas` is the search path.

    Raises:
        SchemaError: PostgreSQL refuses the files, or the ORM's tool is not there, or fails.
    """
    with server.database() as made:
        url = server.as_loader(made)
        if is_models(source):
            write(source, Into(url, settings.schemas, settings.root))
            yield Declared(url, frozenset())
            return
        with connect(url, search_path=settings.schemas) as connection:
            scripts = read_scripts(Path(source))
            roles = run_scripts(connection, scripts, settings.schemas, makes_roles=server.is_ours)
        yield Declared(url, roles)


def load_models(source: str, server: Server, settings: Settings) -> Snapshot:
    """The facts of what an ORM makes; nothing is kept, since nobody knows what they follow from."""
    with (
        declared(source, server, settings) as made,
        connect(made.url, search_path=settings.schemas) as connection,
    ):
        snapshot = read_snapshot(connection, ignore=settings.ignore)
    return _of_project(as_script(snapshot, server.superuser), source, settings)


def load_files(path: Path, server: Server, settings: Settings) -> Snapshot:
    """What SQL files declare, read back from a database that was made by them."""
    with _copy(path, server, settings) as loaded:
        return loaded.read(settings)


@dataclass(frozen=True)
class _Loaded:
    """A throwaway database that SQL files have been run in.

    Attributes:
        connection: a session with it.
        path: the files.
        scripts: what they say.
        superuser: the role of the server's owner.
        roles: whether all roles are theirs.
    """

    connection: Connection
    path: Path
    scripts: Sequence[Script]
    superuser: str
    roles: bool

    def read(self, settings: Settings) -> Snapshot:
        """The facts that the files declare."""
        snapshot = read_snapshot(self.connection, ignore=settings.ignore, roles=self.roles)
        snapshot = replace(snapshot, unread=(*snapshot.unread, *left_out(self.scripts)))
        return _of_project(as_script(snapshot, self.superuser), str(self.path), settings)


@contextmanager
def _copy(path: Path, server: Server, settings: Settings) -> Iterator[_Loaded]:
    scripts = read_scripts(path)
    with (
        _roles_kept(server) as known,
        declared(str(path), server, settings) as made,
        connect(made.url, search_path=settings.schemas) as connection,
    ):
        # A script that uses roles that it does not make does not speak of all roles.
        roles = settings.roles and server.is_ours and not (made.roles or known)
        yield _Loaded(connection, path, scripts, server.superuser, roles)


@contextmanager
def renamed_copy(
    path: Path, server: Server, settings: Settings
) -> Iterator[Callable[[Settings], Snapshot]]:
    """A loaded declaration of one schema, which is read again under other names of that schema.

    PostgreSQL renames it, so that every definition names the new one; a function's body is a text
    and stays. What PostgreSQL grants and says of every schema public is left out: it is nothing
    that a tenant's schema is expected to have.

    Args:
        path: as for `load_sql`.
        server: where the copy is as long as the block lasts.
        settings: the project's, with its one schema.

    Yields:
        What reads it for settings that name another schema.
    """
    called = settings.schemas[0]
    with _copy(path, server, settings) as loaded:
        if called == "public":
            loaded.connection.execute(_AS_ANY_SCHEMA)

        def read(renamed: Settings) -> Snapshot:
            nonlocal called
            names = [sql.Identifier(name) for name in (called, renamed.schemas[0])]
            if called != renamed.schemas[0]:
                loaded.connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(*names))
                called = renamed.schemas[0]
            return loaded.read(renamed)

        yield read


_AS_ANY_SCHEMA = """
ALTER SCHEMA public OWNER TO CURRENT_USER;
COMMENT ON SCHEMA public IS NULL;
REVOKE ALL ON SCHEMA public FROM PUBLIC
"""


def is_object(fact: Fact) -> bool:
    """Whether it is more than a schema, or what is said of one."""
    return fact.parent is not None and fact.kind not in satellites()


@contextmanager
def _roles_kept(server: Server) -> Iterator[frozenset[str]]:
    """What scripts make of roles on a server of ours is gone afterwards: the next may make them.

    Yields:
        The roles that are there before.
    """
    if not server.is_ours:
        yield frozenset()
        return
    with connect(server.url) as connection:
        before = _roles(connection)
        try:
            yield before
        finally:
            for role in _roles(connection) - before:
                with suppress(psycopg.Error):  # somebody else uses it
                    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _roles(connection: Connection) -> frozenset[str]:
    rows = connection.execute(
        "SELECT rolname FROM pg_roles WHERE oid >= 16384 AND rolname <> %s", [LOADER]
    )
    return frozenset(name for (name,) in rows)


def _of_project(snapshot: Snapshot, source: str, settings: Settings) -> Snapshot:
    """Refuses what lies outside the project's schemas: it would silently not be compared."""
    if settings.read_schemas is None:
        return snapshot
    foreign = [
        fact.identity
        for fact in snapshot.of_kind("schema")
        if fact.identity.name not in settings.schemas
    ]
    used = [
        identity.name for identity in foreign if any(map(is_object, snapshot.children(identity)))
    ]
    if used:
        raise SchemaError(
            f"{source} declares objects outside the project's schemas "
            f"({', '.join(settings.schemas)}).",
            details=[f"schema {name}" for name in used],
            hint="Add them to `schemas` in gnkmigrate.toml, or to `ignore`.",
        )
    return snapshot.having(
        fact for fact in snapshot if not {fact.identity, fact.parent} & {*foreign}
    )
