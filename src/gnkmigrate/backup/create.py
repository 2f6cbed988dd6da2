"""Make a backup: pg_dump and what there is to count read the same snapshot of the database."""

import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path

from psycopg import conninfo

from gnkmigrate import __version__
from gnkmigrate.backup.contents import Contents, read_contents, widened
from gnkmigrate.backup.failure import BackupFailed
from gnkmigrate.backup.files import private_file, private_folder, sha256
from gnkmigrate.backup.manifest import Manifest, manifest_path, write_manifest
from gnkmigrate.backup.progress import Observer, TransferProgress, ignore
from gnkmigrate.backup.proof import differences_after_restore
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.servers.client_programs import (
    Invocation,
    complaints,
    invocation,
    program,
    program_version,
    started,
)
from gnkmigrate.settings import Settings

_UNSAFE = re.compile(r"[^\w.-]", re.ASCII)
_TABLE_BEGINS = b"pg_dump: dumping contents of table "
_WARNING = "pg_dump: warning: "
_NO_ROOM = re.compile(r"^pg_dump: error: (?!.*ERROR:).*(No space left on device|quota exceeded)")
_KEPT_LINES = 200


@dataclass(frozen=True)
class Backup:
    """A backup that was made.

    Attributes:
        file: the dump; its manifest is beside it.
        manifest: what is in it.
        warnings: what pg_dump warned of.
        verified: whether it was restored and compared; None where that was not asked for.
        differences: what was not the same then.
    """

    file: Path
    manifest: Manifest
    warnings: tuple[str, ...] = ()
    verified: bool | None = None
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Source:
    """What the snapshot shows that is dumped."""

    database: str
    server_version: int
    moment: datetime
    extensions: tuple[str, ...]
    roles: tuple[str, ...]
    contents: Contents
    facts: Snapshot | None


def create_backup(
    url: DatabaseUrl,
    settings: Settings,
    *,
    output: Path | None = None,
    verify: bool = False,
    observe: Observer = ignore,
) -> Backup:
    """Dumps the whole database, gnkmigrate's own schemas included, and writes its manifest.

    Neither file can be read by others, and neither is there before it is complete. Until the
    dump is made, every table is locked as by a SELECT, so nobody can change the schema.

    Args:
        url: the database.
        settings: the project; a backup goes into its folder `backups` unless `output` says else.
        output: a file that is not there yet, or a folder that is.
        verify: restore the dump into a throwaway server, and compare objects and rows. A
            backup that cannot be verified is kept.
        observe: receives the progress.

    Raises:
        PhaseRefused: reading would run code of roles with fewer rights.
        BackupFailed: the role may not read everything, the place cannot be written or is full,
            or pg_dump fails; nothing is left there.
        ConnectionFailed: no session with the database.
        ServerUnavailable: there is no pg_dump of the server's version, or no throwaway server.
        RestoreFailed: the throwaway server does not take the dump.
    """
    with connect(url, read_only=True) as connection:
        pg_dump = program("pg_dump", connection.info.server_version // 10000)
        with _one_moment(connection) as snapshot:
            source = _look(connection, observe, verify=verify, trusted=settings.trust_triggers)
            file = _place(settings, output, source)
            with private_file(file) as dump, private_file(manifest_path(file)) as notes:
                # By its name: what it writes to a pipe or a descriptor has no table of contents
                # with places, so that one table could not be had without reading all others.
                options = ["--format=custom", "--verbose", f"--snapshot={snapshot}"]
                call = invocation(
                    pg_dump, _same_server(url, connection), [*options, f"--file={dump.name}"]
                )
                warnings = _dump(call, file, len(source.contents.tables), observe)
                observe(TransferProgress("checking"))
                source = replace(source, contents=widened(source.contents, connection))
                manifest = _manifest(source, file, dump, program_version(pg_dump))
                notes.write(manifest.text.encode())
    backup = Backup(file, manifest, warnings)
    if source.facts is None:
        return backup
    return _verified(backup, source.facts, settings, observe)


def _verified(backup: Backup, facts: Snapshot, settings: Settings, observe: Observer) -> Backup:
    found = differences_after_restore(backup.file, backup.manifest, facts, settings.server, observe)
    if found:
        return replace(backup, verified=False, differences=found)
    manifest = backup.manifest.model_copy(update={"verified_at": datetime.now(UTC)})
    write_manifest(manifest, backup.file)
    return replace(backup, manifest=manifest, verified=True)


@contextmanager
def _one_moment(connection: Connection) -> Iterator[str]:
    """A transaction that sees one moment; gives the name under which others can see the same."""
    connection.execute(
        "SELECT set_config(name, '0', false) FROM pg_settings"
        " WHERE name IN ('lock_timeout', 'transaction_timeout')"
    )
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ((snapshot,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
        yield str(snapshot)


def _look(connection: Connection, observe: Observer, *, verify: bool, trusted: bool) -> _Source:
    observe(TransferProgress("counting rows"))
    contents = read_contents(connection, hashed=verify, trusted=trusted)
    ((moment,),) = connection.execute("SELECT transaction_timestamp()").fetchall()
    extensions = connection.execute(
        "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
    ).fetchall()
    roles = connection.execute(query("backup.sql", "roles")).fetchall()
    return _Source(
        database=connection.info.dbname,
        server_version=connection.info.server_version,
        moment=moment,
        extensions=tuple(name for (name,) in extensions),
        roles=tuple(name for (name,) in roles),
        contents=contents,
        facts=read_snapshot(connection) if verify else None,
    )


def _place(settings: Settings, output: Path | None, source: _Source) -> Path:
    """Where the dump goes: what the user says, or a name of database and moment."""
    name = f"{_UNSAFE.sub('_', source.database)}-{source.moment:%Y%m%dT%H%M%SZ}.dump"
    if output is None:
        folder = settings.path(settings.backups)
        private_folder(folder)
        file = folder / name
    else:
        file = output / name if output.is_dir() else output
    for path in (file, manifest_path(file)):
        if path.exists():
            raise BackupFailed(
                f"{path} is there already, and no backup is ever written over.",
                hint="Name another file with --output, or move that one away.",
            )
    return file


def _same_server(url: DatabaseUrl, connection: Connection) -> DatabaseUrl:
    """The address of the very server that the session is with, whichever of several it is."""
    info = connection.info
    return DatabaseUrl(
        conninfo.make_conninfo(
            url.conninfo,
            host=info.host or None,
            hostaddr=info.hostaddr or None,
            port=info.port,
            dbname=info.dbname,
        )
    )


def _dump(call: Invocation, file: Path, tables: int, observe: Observer) -> tuple[str, ...]:
    """Runs pg_dump; gives its warnings."""
    begun = 0
    observe(TransferProgress("saving", 0, tables))
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    warnings = []
    with started(call) as process:
        for line in process.stderr or ():
            if line.startswith(_TABLE_BEGINS):
                observe(TransferProgress("saving", min(begun, tables), tables))
                begun += 1
                continue
            said.append(line.decode(errors="replace"))
            if said[-1].startswith(_WARNING):
                warnings.append(said[-1].removeprefix(_WARNING).strip())
    if process.returncode != 0:
        raise _failure(complaints("".join(said)), file)
    return tuple(warnings)


def _failure(lines: list[str], file: Path) -> BackupFailed:
    if any(_NO_ROOM.search(line) for line in lines):
        return BackupFailed(
            f"There is no room left in {file.absolute().parent} for the backup.",
            hint="Make room there, or name a place on another disk with --output.",
        )
    return BackupFailed(
        "pg_dump failed; what it had written has been removed.",
        details=lines,
        hint="gnkmigrate doctor shows what this server and role allow.",
    )


def _manifest(source: _Source, file: Path, dump: BufferedRandom, pg_dump: str) -> Manifest:
    """What there is to say of a dump that is written, and will be `file`."""
    return Manifest(
        file=file.name,
        database=source.database,
        server_version=source.server_version,
        created_at=source.moment,
        size=os.fstat(dump.fileno()).st_size,
        sha256=sha256(dump),
        pg_dump=pg_dump,
        gnkmigrate=__version__,
        extensions=source.extensions,
        roles=source.roles,
        tables=source.contents.tables,
        sequences=source.contents.sequences,
        large_objects=source.contents.large_objects,
    )
