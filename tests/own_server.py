"""A server of a test's own, which may be crashed, filled up or followed by a standby."""

import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.account import Account, server_account
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.servers.cluster import SUPERUSER, cluster
from gnkmigrate.servers.folder import locked_folder

# Nobody but its user enters the folder with the socket.
_AUTHENTICATION = "local all all trust\nlocal replication all trust\n"
_PAGE = 4096


@dataclass(frozen=True)
class OwnServer:
    """A PostgreSQL server on a Unix socket in its own folder.

    Attributes:
        programs: the folder of pg_ctl and its kin.
        account: the operating system's user that it runs as.
        folder: holds the data directory, the log and the socket.
        port: part of the socket's name.
    """

    programs: Path
    account: Account
    folder: Path
    port: int = 5432

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> DatabaseUrl:
        return DatabaseUrl(
            conninfo.make_conninfo(
                host=str(self.folder), port=self.port, user=SUPERUSER, dbname="postgres"
            )
        )

    @property
    def server(self) -> Server:
        """It, as the other tests' helpers know servers."""
        with connect(self.url) as connection:
            version = connection.info.server_version
        return Server(self.url, version, "embedded", self.programs)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Runs one of PostgreSQL's programs as the server's user, with its own libpq."""
        libraries = f"LD_LIBRARY_PATH={self.programs.parent / 'lib'}"
        self.account.run(["env", libraries, self.programs / program, *arguments])

    def start(self) -> None:
        options = f"-k {self.folder} -p {self.port}"
        log = self.folder / "log"
        self.run("pg_ctl", "start", "--silent", "-D", self.data, "-l", log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "--silent", "-D", self.data, "-m", mode)

    def crash(self) -> None:
        """Ends every process of the server at once and starts it again, as after a crash."""
        self.stop("immediate")
        self.start()

    def configure(self, *lines: str) -> None:
        """Adds lines to postgresql.conf; they count from the next start."""
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{line}\n" for line in lines)


@contextmanager
def _running(own: OwnServer) -> Iterator[OwnServer]:
    own.start()
    try:
        yield own
    finally:
        if (own.data / "postmaster.pid").exists():
            own.stop("immediate")


@contextmanager
def own_server(major: int, configuration: Sequence[str] = ()) -> Iterator[OwnServer]:
    """A new server with nothing in it, that asks for no password."""
    account = server_account()
    programs = binaries(major)
    with locked_folder(account) as (folder, _):
        account.run(["cp", "-R", cluster(programs, account), folder / "data"])
        (folder / "data" / "pg_hba.conf").write_text(_AUTHENTICATION)
        own = OwnServer(programs, account, folder)
        own.configure(*configuration)
        with _running(own):
            yield own


@contextmanager
def standby_of(primary: OwnServer) -> Iterator[OwnServer]:
    """A hot standby that streams from `primary`, made by pg_basebackup."""
    with locked_folder(primary.account) as (folder, _):
        standby = OwnServer(primary.programs, primary.account, folder)
        source = ("-h", primary.folder, "-p", str(primary.port), "-U", SUPERUSER)
        how = ("--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync")
        standby.run("pg_basebackup", *source, *how, "-D", standby.data)
        with _running(standby):
            yield standby


@contextmanager
def small_file_system(parent: Path, account: Account, megabytes: int) -> Iterator[Path]:
    """A file system in memory of that size; the test is skipped where none can be mounted."""
    place = parent / f"small-{secrets.token_hex(4)}"
    place.mkdir()
    size = f"size={megabytes}m,mode=0700,uid={account.uid},gid={account.gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", place],  # noqa: S607 - where mount is differs
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S607


class Ballast:
    """A file that takes all the room that there is, and gives it back in pieces."""

    def __init__(self, file: RawIOBase) -> None:
        self._file = file

    def take_all(self) -> None:
        self._file.seek(0, os.SEEK_END)
        with suppress(OSError):
            while True:
                self._file.write(bytes(_PAGE))

    def give_back(self, size: int) -> None:
        """Leaves that many bytes to others."""
        self._file.truncate(max(self._file.seek(0, os.SEEK_END) - size, 0))


@contextmanager
def ballast_in(place: Path) -> Iterator[Ballast]:
    """One on the file system that is mounted there."""
    file = place / "ballast"
    with file.open("wb", buffering=0) as opened:
        yield Ballast(opened)
    file.unlink()
