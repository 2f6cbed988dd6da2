"""A copy of the live database, or of a part, on a throwaway server; the live one is only read."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gnkmigrate import own_objects
from gnkmigrate.backup import BackupFailed, RestoreFailed, create_backup
from gnkmigrate.backup.contents import read_contents
from gnkmigrate.backup.load import load_on_copy
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.backup.target import OWNERLESS, missing_extensions, prepare
from gnkmigrate.copies.disk_space import DUMP_FACTOR, SERVER_FACTOR, Need, require_room
from gnkmigrate.copies.omission import omitting
from gnkmigrate.copies.partial import Copied, Destination, copy_partly
from gnkmigrate.copies.sample import EVERYTHING, Selection, bytes_of
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings

Transfer = Callable[[], AbstractContextManager[Observer]]

_OTHER_SERVER = (
    "Name a server of yours that can take the copy in GNKMIGRATE_SERVER__URL, or use Docker: "
    "GNKMIGRATE_SERVER__PROVIDER=docker"
)
_OTHER_FOLDER = "Make room there, or name a folder on another disk in TMPDIR."
_EXTENSIONS = "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
_KEEPER = """
SELECT format('ALTER DATABASE %%I OWNER TO %%I', current_database(), pg_get_userbyid(nspowner))
FROM pg_namespace WHERE nspname = %s
"""
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
        live_rows: how many the live database has.
        masked: columns whose text was replaced, "schema.table.column".
        differences: what is not as in the live database; none when every row is there.
        owners: whether it has the live one's owners and grants.
    """

    url: DatabaseUrl
    server: Server
    size: int
    tables: int
    rows: int
    live_rows: int
    masked: tuple[str, ...]
    differences: tuple[str, ...]
    owners: bool = True


@contextmanager
def clone(
    settings: Settings,
    live: DatabaseUrl,
    transfer: Transfer,
    selection: Selection = EVERYTHING,
) -> Iterator[Clone]:
    """A copy of a database, for as long as the block lasts.

    Args:
        settings: the project; its server settings say where the copy is made.
        live: the database, to which nothing is done but reading.
        transfer: gives the observer of the copying.
        selection: which of its rows.

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
        needed = size if selection.rows is None else bytes_of(connection, selection.rows)
    same = settings.server.model_copy(update={"major": major})
    with throwaway(same) as server, server.database() as url:
        _require_extensions(url, [name for name in extensions if name not in selection.without])
        with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:  # of mode 0700
            require_room(_needs(server, Path(folder), needed, selection))
            with transfer() as observe, _failures_explained():
                there = Destination(url, server, (), selection.without)
                there = _prepared(there, _source_roles(live))
                if selection.is_everything:
                    copied = _whole(live, settings, there, Path(folder), observe)
                else:
                    trusted = settings.trust_triggers
                    copied = copy_partly(
                        live, there, Path(folder), selection, observe, trusted=trusted
                    )
            if not set(OWNERLESS) & set(there.options):
                _trust_journal(url)
        yield Clone(
            url=url,
            server=server,
            size=size,
            tables=len(copied.copied.tables),
            rows=copied.copied.rows,
            live_rows=copied.live.rows,
            masked=copied.masked,
            differences=copied.differences if selection.rows is None else (),
            owners=not set(OWNERLESS) & set(there.options),
        )


def _trust_journal(url: DatabaseUrl) -> None:
    """Whoever has migrated the live database owns the copy: its journal is believed; see trust.py.

    On the live one that is the role that asks, or one that it is a member of, and here a superuser.
    """
    with connect(url) as connection:
        for (statement,) in connection.execute(_KEEPER, (own_objects.JOURNAL,)).fetchall():
            connection.execute(statement.encode())


def _require_extensions(url: DatabaseUrl, wanted: Sequence[str]) -> None:
    with connect(url, read_only=True) as connection:
        missing = missing_extensions(connection, wanted)
    if missing:
        raise CloneFailed(
            "The throwaway server lacks extensions that the live database uses.",
            details=[f"extension {name}" for name in missing],
            hint=f"{_OTHER_SERVER}. Where no table needs one of them, do without: "
            f"--skip-extension {missing[0]}",
        )


def _needs(server: Server, folder: Path, size: int, selection: Selection) -> Sequence[Need]:
    """What is known here: the disk of a server elsewhere, or in a container, is not."""
    # A part goes straight from one server to the other; only its schema is dumped.
    dumped = size * DUMP_FACTOR if selection.is_everything else 0
    dump = Need(folder, dumped, _OTHER_FOLDER)
    if server.provider != "embedded":
        return (dump,)
    with connect(server.url, read_only=True) as connection:
        ((data,),) = connection.execute("SHOW data_directory").fetchall()
    return (Need(Path(data).parent, size * SERVER_FACTOR, _OTHER_SERVER), dump)


@contextmanager
def _failures_explained() -> Iterator[None]:
    """Says of a copy what is said of a backup, whose place the user chooses; this one's not."""
    try:
        yield
    except BackupFailed as error:
        hint = _OTHER_FOLDER if "--output" in error.hint else error.hint
        raise CloneFailed(
            f"The live database cannot be copied. {error.message}",
            details=error.details,
            hint=hint.replace("take the backup", "rehearse").replace("Take the backup", "Rehearse"),
        ) from None
    except RestoreFailed as error:
        raise CloneFailed(
            "The throwaway server does not take a copy of the live database.",
            details=error.details,
            hint=_OTHER_SERVER,
        ) from None


def _whole(
    live: DatabaseUrl, settings: Settings, there: Destination, folder: Path, observe: Observer
) -> Copied:
    """Dumps the database and loads the dump."""
    backup = create_backup(live, settings, output=folder, observe=observe)
    manifest = backup.manifest
    load_on_copy(
        backup.file,
        there.server,
        there.url,
        len(manifest.tables),
        options=[*there.options, *omitting(backup.file, there.server.major, there.without)],
        observe=observe,
    )
    observe(TransferProgress("comparing"))
    with connect(there.url) as connection:
        connection.execute("ANALYZE")  # a dump has no statistics, and queries need them
    with there.server.carrier(there.url) as carrier, connect(carrier) as connection:
        return Copied(manifest.contents, read_contents(connection, hashed=False))


def _source_roles(live: DatabaseUrl) -> Sequence[str]:
    with connect(live, read_only=True) as connection:
        return [name for (name,) in connection.execute(query("backup.sql", "roles"))]


def _prepared(there: Destination, roles: Sequence[str]) -> Destination:
    with connect(there.url) as connection:
        return replace(there, options=prepare(connection, there.server.provider, roles))
