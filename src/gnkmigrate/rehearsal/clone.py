"""A copy of the live database on a throwaway server; the live one is only read."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from gnkmigrate.backup import Backup, BackupFailed, RestoreFailed, create_backup
from gnkmigrate.backup.contents import differences, read_contents
from gnkmigrate.backup.load import load
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.backup.target import missing_extensions, missing_roles
from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.rehearsal.room import DUMP_FACTOR, SERVER_FACTOR, Need, require_room
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings

Transfer = Callable[[], AbstractContextManager[Observer]]

_OTHER_SERVER = (
    "Name a server of yours that can take the copy in GNKMIGRATE_SERVER__URL, or use Docker: "
    "GNKMIGRATE_SERVER__PROVIDER=docker"
)
_OTHER_FOLDER = "Make room there, or name a folder on another disk in TMPDIR."
_EXTENSIONS = "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
# Not "gnkmigrate-...": folders of that name are servers', and removed when none runs in them.
_FOLDER = "rehearsal-of-gnkmigrate-"


class CloneFailed(GnkMigrateError):
    """There is no copy of the live database; nothing of it was left behind."""


@dataclass(frozen=True)
class Clone:
    """A copy of the live database.

    Attributes:
        url: where it is.
        server: the server that it is on, of the live one's major version.
        size: bytes of the live database.
        tables: how many tables were copied.
        rows: how many rows.
        differences: what is not as in the live database; none when every row is there.
    """

    url: DatabaseUrl
    server: Server
    size: int
    tables: int
    rows: int
    differences: tuple[str, ...]


@contextmanager
def clone(settings: Settings, live: DatabaseUrl, transfer: Transfer) -> Iterator[Clone]:
    """A copy of a whole database, rows and all, for as long as the block lasts.

    Args:
        settings: the project; its server settings say where the copy is made.
        live: the database, to which nothing is done but reading.
        transfer: gives the observer of the copying.

    Raises:
        ConnectionFailed: no session with the live database.
        ServerUnavailable: no throwaway server of its major version.
        NoRoom: a disk is too small.
        CloneFailed: the role may not read everything, or the server cannot take the copy.
    """
    with connect(live, read_only=True) as connection:
        major = connection.info.server_version // 10000
        ((size,),) = connection.execute("SELECT pg_database_size(current_database())").fetchall()
        extensions = [name for (name,) in connection.execute(_EXTENSIONS)]
    same = settings.server.model_copy(update={"major": major})
    with throwaway(same) as server, server.database() as url:
        _require_extensions(url, extensions)
        with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:  # of mode 0700
            require_room(_needs(server, Path(folder), size))
            with transfer() as observe:
                backup = _save(live, settings, Path(folder), observe)
                found = _load(backup, url, server, observe)
        contents = backup.manifest.contents
        yield Clone(url, server, size, len(contents.tables), contents.rows, found)


def _require_extensions(url: DatabaseUrl, wanted: Sequence[str]) -> None:
    with connect(url, read_only=True) as connection:
        missing = missing_extensions(connection, wanted)
    if missing:
        raise CloneFailed(
            "The throwaway server lacks extensions that the live database uses.",
            details=[f"extension {name}" for name in missing],
            hint=_OTHER_SERVER,
        )


def _needs(server: Server, folder: Path, size: int) -> Sequence[Need]:
    """What is known here: the disk of a server elsewhere, or in a container, is not."""
    dump = Need(folder, size * DUMP_FACTOR, _OTHER_FOLDER)
    if server.provider != "embedded":
        return (dump,)
    with connect(server.url, read_only=True) as connection:
        ((data,),) = connection.execute("SHOW data_directory").fetchall()
    return (Need(Path(data).parent, size * SERVER_FACTOR, _OTHER_SERVER), dump)


def _save(live: DatabaseUrl, settings: Settings, folder: Path, observe: Observer) -> Backup:
    try:
        return create_backup(live, settings, output=folder, observe=observe)
    except BackupFailed as error:
        # A backup's place is chosen by the user, and this one's is not.
        hint = _OTHER_FOLDER if "--output" in error.hint else error.hint
        raise CloneFailed(
            f"The live database cannot be copied. {error.message}",
            details=error.details,
            hint=hint.replace("take the backup", "rehearse").replace("Take the backup", "Rehearse"),
        ) from None


def _load(backup: Backup, url: DatabaseUrl, server: Server, observe: Observer) -> tuple[str, ...]:
    """Loads the dump; on a server of our own with owners and grants, for roles made there."""
    manifest = backup.manifest
    options = ["--no-tablespaces"]
    if server.provider == "url":
        options += ["--no-owner", "--no-privileges"]
    else:
        _make_roles(url, manifest.roles)
    try:
        tables = len(manifest.tables)
        load(backup.file, url, server.major, tables, options=options, observe=observe)
    except RestoreFailed as error:
        raise CloneFailed(
            "The throwaway server does not take a copy of the live database.",
            details=error.details,
            hint=_OTHER_SERVER,
        ) from None
    observe(TransferProgress("comparing"))
    with connect(url) as connection:
        connection.execute("ANALYZE")  # a dump has no statistics, and queries need them
        return differences(manifest.contents, read_contents(connection, hashed=False))


def _make_roles(url: DatabaseUrl, names: Sequence[str]) -> None:
    with connect(url) as connection:
        for name in missing_roles(connection, names):
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
