"""A schema, wherever it is: in a database, in SQL files, in a snapshot, or in an ORM's models."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.cache import find, kept, key_of, server_key
from gnkmigrate.facts.declared import is_object, load_files, load_models
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.models import is_models
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.choice import DEFAULT_MAJOR
from gnkmigrate.settings import Settings

# A URL, or libpq's keyword=value form. One slash is enough: what was meant as a URL holds a
# password, and must not turn up in a message as a file that does not exist.
_DATABASE = re.compile(
    r"^\w[\w+]*:/|^\s*(?:service|host|hostaddr|port|dbname|user|password|passfile|sslmode)\s*=",
    re.ASCII,
)


class DeclaresNothing(SchemaError):
    """A schema without a table or anything else, which as a target would mean to drop all."""


def nothing_beside(live: Snapshot, error: DeclaresNothing) -> Snapshot:
    """What a target means that declares nothing: that a database which has nothing stays so.

    Raises:
        DeclaresNothing: the database has something.
    """
    if any(map(is_object, live)):
        raise error
    return live


# The facts of a source under these settings, for a major version of PostgreSQL.
Load: TypeAlias = Callable[[str, Settings, int], Snapshot]


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
    if is_loaded(source) and not any(map(is_object, snapshot)):
        raise DeclaresNothing(
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
    server = server_key(settings.server, major)
    if server is None:
        return None
    texts = (f"{script.path.name}\0{script.text}" for script in read_scripts(path))
    scope = (settings.read_schemas, settings.schemas, settings.ignore, settings.roles)
    return key_of((server, repr(scope), *texts))


def is_database(source: str) -> bool:
    """Is it the address of a database? ORM:/FOLDER is none."""
    return bool(_DATABASE.match(source)) and not is_models(source)


def is_loaded(source: str) -> bool:
    """Does it need a throwaway server? Else it can be read as it is."""
    return not is_database(source) and Path(source).suffix != ".json"


def is_sql(source: str) -> bool:
    """Is it SQL files for one?"""
    return is_loaded(source) and not is_models(source)


def _load_ready(source: str, settings: Settings) -> Snapshot:
    if is_database(source):
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
        return load_models(source, server, settings)
    return load_sql(Path(source), server, settings)


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
        return load_files(path, server, settings)
    return kept(key, lambda: load_files(path, server, settings))
