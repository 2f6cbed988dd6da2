"""A PostgreSQL server of our own, from downloaded binaries, for as long as a block lasts.

It listens on a Unix socket alone, in a folder that only its user enters, and asks for a random
password. A guard (guard.sh) ends it and removes it when this process is gone, however it went.
"""

import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from psycopg import conninfo, sql

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers.account import MISSING_LIBRARY, Account, server_account
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.servers.cache import cache_folder
from gnkmigrate.servers.cluster import SUPERUSER, cluster, single_user
from gnkmigrate.servers.confinement import confinement
from gnkmigrate.servers.folder import locked_folder
from gnkmigrate.servers.password import new_password, verifier
from gnkmigrate.servers.server import Server

PORT = 5432  # part of the socket's name, and no port of the machine
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30

_GUARD = Path(__file__).with_name("guard.sh")
_log = logging.getLogger(__name__)


@contextmanager
def embedded(major: int) -> Iterator[Server]:
    """A new server of a major version, with nothing in it.

    Args:
        major: 14 to 18.

    Raises:
        ServerUnavailable: the programs cannot be fetched or do not run here.
    """
    account = server_account()
    if not account.reaches(cache_folder()):
        raise ServerUnavailable(
            f"The server's user, {account.name}, cannot enter {cache_folder()}.",
            hint="Name a folder that every user can enter in GNKMIGRATE_CACHE_DIR.",
        )
    programs = binaries(major)
    pristine = cluster(programs, account)
    with locked_folder(account) as (folder, lock):
        account.run(["cp", "-R", pristine, folder / "data"])
        url = _set_password(programs, account, folder)
        with _running(programs, account, folder, lock):
            with connect(url) as connection:
                version = connection.info.server_version
            yield Server(url, version, "embedded", programs)


def _set_password(programs: Path, account: Account, folder: Path) -> DatabaseUrl:
    """Gives the superuser a password before the server first listens; returns the address."""
    password = new_password()
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(SUPERUSER), sql.Literal(verifier(password))
    )
    single_user(programs, account, folder / "data", statement.as_string())
    return DatabaseUrl(
        conninfo.make_conninfo(
            host=str(folder), port=PORT, user=SUPERUSER, password=password, dbname="postgres"
        )
    )


@contextmanager
def _running(
    programs: Path, account: Account, folder: Path, lock: int, *, confined: bool = True
) -> Iterator[None]:
    """The server on `folder` from when it is ready until it has ended."""
    with tempfile.TemporaryFile() as log:
        with confinement(programs, folder) if confined else nullcontext() as confine:
            guard = account.start(
                ["/bin/sh", "-c", _GUARD.read_text(), "guard", folder, *_server(programs, folder)],
                stdin=subprocess.PIPE,
                stdout=lock,
                stderr=log.fileno(),
                confine=confine,
            )
        try:
            if not _becomes_ready(guard, folder / "data" / "postmaster.pid"):
                log.seek(0)
                raise ServerUnavailable(
                    "The embedded server does not start.",
                    hint=MISSING_LIBRARY,
                    details=log.read().decode(errors="replace").strip().splitlines()[-5:],
                )
            yield
        finally:
            _end(guard)


def _server(programs: Path, folder: Path) -> list[str]:
    """The server's command line, with its own libpq found before the system's.

    postgres_fdw and dblink do not load with an older libpq, and look in the system's folders.
    """
    libraries = [str(programs.parent / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    return [
        "env",
        f"LD_LIBRARY_PATH={os.pathsep.join(filter(None, libraries))}",
        str(programs / "postgres"),
        *("-D", str(folder / "data")),
        *("-k", str(folder)),
        *("-p", str(PORT)),
    ]


def _becomes_ready(guard: "subprocess.Popen[bytes]", status_file: Path) -> bool:
    """Waits until the server takes connections: the eighth line of postmaster.pid says so."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and guard.poll() is None:
        with suppress(FileNotFoundError):  # not there yet
            status = status_file.read_text().splitlines()[7:8]
            if [line.strip() for line in status] == ["ready"]:
                return True
        time.sleep(0.01)
    return False


def _end(guard: "subprocess.Popen[bytes]") -> None:
    """Lets the guard end the server and waits for it."""
    try:
        guard.communicate(b"end\n", timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _log.warning("an embedded server does not end (process %s)", guard.pid)
