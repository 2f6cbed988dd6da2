"""A schema, wherever it is: in a database, in SQL files, in a snapshot, or in an ORM's models."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

import psycopg
from psycopg import sql

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.files import Script, read_scripts
from gnkmigrate.facts.kept import find, kept, key_of
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.runnable import rows_written
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.stated import as_script
from gnkmigrate.kinds import satellites
from gnkmigrate.models import is_models, write
from gnkmigrate.models.running import Into
from gnkmigrate.servers import LOADER, Server, throwaway
from gnkmigrate.servers.choice import DEFAULT_MAJOR
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.settings import Settings

# A URL, or libpq's keyword=value form. One slash is enough: what was meant as a URL holds a
# password, and must not turn up in a message as a file that does not exist.
_DATABASE = re.compile(
    r"^\w[\w+]*:/|^\s*(?:service|host|hostaddr|port|dbname|user|password|passfile|sslmode)\s*=",
    re.ASCII,
)


# The facts of a source under these settings, for a major version of PostgreSQL.
Load: TypeAlias = Callable[[str, Settings, int], Snapshot]


class Declared(NamedTuple):
    """A database that is as somebody declares.

    Attributes:
        url: where it is, as the role that has made what is in it.
        roles: roles of the server that were made for it.
    """

    url: DatabaseUrl
    roles: frozenset[str]


def load_schema(
    source: str, settings: Settings, major: int | None = None, server: Server | None = None
) -> Snapshot:
    """The facts of a schema.

    Args:
        source: a database URL, a .sql file or a folder of them, a snapshot (.json), or models
            (`gnkmigrate.models`).
        settings: which schemas count, what to ignore, where a throwaway server comes from.
        major: the PostgreSQL that SQL files are loaded into, if the settings do not say.
        server: a throwaway server that runs already; without it one is started for SQL files and
            models.

    Raises:
        SchemaError: the source is none of these, PostgreSQL refuses it, or it declares nothing.
        ConnectionFailed: no session with the database.
        ServerUnavailable: no throwaway server for SQL files.
    """
    if server is not None and is_loaded(source):
        snapshot = _loaded(source, server, settings)
    else:
        snapshot = load_schemas((source,), settings, major)[0]
    if is_loaded(source) and not any(map(_is_object, snapshot)):
        raise SchemaError(
            f"{source} declares no table or other object.",
            hint="Write the schema into it: gnkmigrate init --from-url takes it from a database.",
        )
    return snapshot


def load_schemas(
    sources: Sequence[str], settings: Settings, major: int | None = None
) -> tuple[Snapshot, ...]:
    """The facts of several schemas; SQL files among them share one throwaway server.

    Args:
        sources: as for `load_schema`.
        settings: as for `load_schema`.
        major: the PostgreSQL that SQL files are loaded into, if the settings do not say;
            without it the version of the other sources, so that both sides print alike.

    Raises:
        SchemaError, ConnectionFailed, ServerUnavailable: as for `load_schema`.
    """
    scripts = [source for source in sources if is_loaded(source)]
    for source in filter(is_sql, scripts):
        read_scripts(Path(source))  # what cannot be read needs no server
    ready = list(dict.fromkeys(source for source in sources if source not in scripts))
    with ThreadPoolExecutor(max_workers=max(len(ready), 1)) as pool:  # one waits, another works
        loaded = dict(
            zip(ready, pool.map(partial(_load_ready, settings=settings), ready), strict=True)
        )
    versions = [snapshot.server_version // 10000 for snapshot in loaded.values()]
    wanted = settings.server.major or major or max(versions, default=DEFAULT_MAJOR)
    for source in filter(is_sql, scripts):
        if (found := _kept(Path(source), settings, wanted)) is not None:
            loaded[source] = found
    missing = [source for source in scripts if source not in loaded]
    if missing:
        with throwaway(settings.server, wanted) as server:
            loaded |= {source: _loaded(source, server, settings) for source in missing}
    return tuple(loaded[source] for source in sources)


def _kept(path: Path, settings: Settings, major: int) -> Snapshot | None:
    """The facts of a script that was loaded before, if nothing unknown could change them."""
    key = _key(path, settings, major)
    return None if key is None else find(key)


def _key(path: Path, settings: Settings, major: int) -> str | None:
    """What the facts of a script are kept by; None where a server of the user's may change them."""
    if settings.server.url is not None or settings.server.provider == "url":
        return None
    texts = (f"{script.path.name}\0{script.text}" for script in read_scripts(path))
    scope = (settings.read_schemas, settings.schemas, settings.ignore, settings.roles)
    return key_of((VERSIONS.get(major, str(major)), settings.server.provider, repr(scope), *texts))


def is_database(source: str) -> bool:
    """Is it the address of a database?"""
    return bool(_DATABASE.match(source))


def is_loaded(source: str) -> bool:
    """Does it need a throwaway server? Else it can be read as it is."""
    return not is_database(source) and Path(source).suffix != ".json"


def is_sql(source: str) -> bool:
    """Is it SQL files for one?"""
    return is_loaded(source) and not is_models(source)


def _load_ready(source: str, settings: Settings) -> Snapshot:
    if _DATABASE.match(source):
        with connect(DatabaseUrl.parse(source), read_only=True) as connection:
            return read_snapshot(
                connection,
                ignore=settings.ignore,
                schemas=settings.read_schemas,
                roles=settings.roles,
            )
    from gnkmigrate.facts.document import read_document_file  # its models take time to make

    return read_document_file(Path(source))


def _loaded(source: str, server: Server, settings: Settings) -> Snapshot:
    if is_models(source):
        return _load_models(source, server, settings)
    return load_sql(Path(source), server, settings)


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


def _load_models(source: str, server: Server, settings: Settings) -> Snapshot:
    """The facts of what an ORM makes; nothing is kept, since nobody knows what they follow from."""
    with (
        declared(source, server, settings) as made,
        connect(made.url, search_path=settings.schemas) as connection,
    ):
        snapshot = read_snapshot(connection, ignore=settings.ignore)
    return _of_project(as_script(snapshot, server.superuser), source, settings)


def load_sql(path: Path, server: Server, settings: Settings) -> Snapshot:
    """The facts that SQL files declare, read back from a throwaway database, or kept from before.

    Args:
        path: a .sql file, or a folder of them that run in the order of their names.
        server: where the database is made, and dropped afterwards.
        settings: which schemas count, and what to ignore; `schemas` is the search path.

    Raises:
        SchemaError: a file cannot be read or run, or declares objects in a schema that is not
            the project's.
    """
    key = _key(path, settings, server.major) if server.is_ours else None
    if key is None:
        return _load_sql(path, server, settings)
    return kept(key, lambda: _load_sql(path, server, settings))


def _load_sql(path: Path, server: Server, settings: Settings) -> Snapshot:
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
        snapshot = replace(snapshot, unread=(*snapshot.unread, *rows_written(self.scripts)))
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


def _is_object(fact: Fact) -> bool:
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
        identity.name for identity in foreign if any(map(_is_object, snapshot.children(identity)))
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
