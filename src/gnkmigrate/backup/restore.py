"""Restore a backup: check everything first, load it in one transaction, compare what is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from gnkmigrate.backup.contents import Contents, differences, read_contents
from gnkmigrate.backup.failure import BackupFailed, RestoreRefused
from gnkmigrate.backup.files import sha256
from gnkmigrate.backup.load import load
from gnkmigrate.backup.manifest import Manifest, read_manifest
from gnkmigrate.backup.progress import Observer, TransferProgress, ignore
from gnkmigrate.backup.target import Held, held, missing_extensions, missing_roles
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import one_runner

_MAGIC = b"PGDMP"  # how pg_dump's custom format begins
_LISTED = 20


@dataclass(frozen=True)
class RestorePlan:
    """A restore that nothing speaks against.

    Attributes:
        file: the dump; its checksum is that of the manifest.
        manifest: what is in it.
        url: the database that takes it.
        server_version: server_version_num of that database's server.
        drops: what is in the database and goes first; empty when the database is.
        owners: whether owners and grants are restored.
    """

    file: Path
    manifest: Manifest
    url: DatabaseUrl
    server_version: int
    drops: tuple[Held, ...]
    owners: bool


@dataclass(frozen=True)
class Restored:
    """A backup that was restored.

    Attributes:
        plan: what was restored, and where to.
        contents: what the database holds now.
        differences: what is not as in the manifest; none when every row is there.
    """

    plan: RestorePlan
    contents: Contents
    differences: tuple[str, ...]


def plan_restore(
    file: Path,
    url: DatabaseUrl,
    *,
    clean: bool = False,
    owners: bool = True,
    observe: Observer = ignore,
) -> RestorePlan:
    """Checks that a backup can be restored; changes nothing.

    Args:
        file: the dump, with its manifest beside it.
        url: the database that is to take it.
        clean: the database need not be empty: what is in it is to be dropped.
        owners: restore owners and grants, too, so the roles must be there. Without them all
            belongs to the role that restores.
        observe: receives the progress.

    Raises:
        RestoreRefused: the file is not a whole backup, or the database is not fit for it.
        ConnectionFailed: no session with the database.
    """
    manifest = _check_file(file, observe)
    with connect(url, read_only=True) as connection:
        _check_server(connection, url, manifest, owners=owners)
        found = held(connection)
        version = connection.info.server_version
    if found and not clean:
        raise RestoreRefused(
            f"{url} is not empty, and a backup is restored into an empty database.",
            details=_listed(found),
            hint="Restore into a new database, or add --clean, which drops all of these first.",
        )
    return RestorePlan(file, manifest, url, version, found, owners)


def run_restore(plan: RestorePlan, observe: Observer = ignore) -> Restored:
    """Loads a backup in one transaction, and compares what the database then holds.

    Raises:
        RestoreFailed: the server refuses something; the database is as it was.
        RunnerBusy: the database is being migrated.
        ConnectionFailed: no session with the database.
    """
    with connect(plan.url) as connection, one_runner.hold(connection):
        load(
            plan.file,
            plan.url,
            plan.server_version // 10000,
            len(plan.manifest.tables),
            options=() if plan.owners else ("--no-owner", "--no-privileges"),
            drops=[found.drop for found in plan.drops],
            observe=observe,
        )
        observe(TransferProgress("comparing"))
        connection.execute("ANALYZE")  # a dump has no statistics, and queries need them
        return _compare(connection, plan)


def _compare(connection: Connection, plan: RestorePlan) -> Restored:
    saved = plan.manifest.contents
    try:
        contents = read_contents(connection, hashed=saved.hashed)
    except BackupFailed as error:  # what was restored belongs to others now
        return Restored(plan, saved, (f"not compared: {error.message}", *error.details))
    return Restored(plan, contents, differences(saved, contents))


def _check_file(file: Path, observe: Observer) -> Manifest:
    with _opened(file) as dump:
        manifest = read_manifest(file)
        observe(TransferProgress("checking"))
        size = os.fstat(dump.fileno()).st_size
        if size != manifest.size:
            found = f"{size:,} bytes instead of {manifest.size:,}"
        elif sha256(dump) != manifest.sha256:
            found = "its SHA-256 is not the one in the manifest"
        else:
            return manifest
    raise RestoreRefused(
        f"{file} is damaged: {found}.",
        hint="Copy it again from where the backup was made, or take an older backup.",
    )


@contextmanager
def _opened(file: Path) -> Iterator[BufferedReader]:
    """A dump, open for reading.

    Raises:
        RestoreRefused: it cannot be read, or is something else.
    """
    try:
        dump = file.open("rb")
    except OSError as error:
        raise RestoreRefused(
            f"{file} cannot be read: {error.strerror}.",
            hint="Name a file that gnkmigrate backup has made.",
        ) from None
    with dump:
        if dump.read(len(_MAGIC)) != _MAGIC:
            raise RestoreRefused(
                f"{file} is not a dump in PostgreSQL's custom format.",
                hint="Name a file that gnkmigrate backup has made. A script (.sql) is run with "
                "psql.",
            )
        yield dump


def _check_server(
    connection: Connection, url: DatabaseUrl, manifest: Manifest, *, owners: bool
) -> None:
    major = connection.info.server_version // 10000
    if major < manifest.major:
        raise RestoreRefused(
            f"The backup is of PostgreSQL {manifest.major}, and the server at {url} is "
            f"PostgreSQL {major}.",
            hint=f"Restore on a server of PostgreSQL {manifest.major} or later.",
        )
    ((standby,),) = connection.execute("SELECT pg_is_in_recovery()").fetchall()
    if standby:
        raise RestoreRefused(
            f"The server at {url} is a standby, which nobody can write to.",
            hint="Restore on its primary.",
        )
    if missing := missing_extensions(connection, manifest.extensions):
        raise RestoreRefused(
            f"The server at {url} lacks extensions that the backup needs.",
            details=[f"extension {name}" for name in missing],
            hint="Install them on the server, as packages of the operating system.",
        )
    if owners and (missing := missing_roles(connection, manifest.roles)):
        raise RestoreRefused(
            f"The server at {url} lacks roles that own something in the backup or are granted it.",
            details=[f"role {name}" for name in missing],
            hint="Create them with CREATE ROLE, or add --no-owner, which leaves out owners and "
            "grants.",
        )


def _listed(found: tuple[Held, ...]) -> list[str]:
    lines = [item.description for item in found[:_LISTED]]
    if len(found) > _LISTED:
        lines.append(f"and {len(found) - _LISTED:,} more")
    return lines
