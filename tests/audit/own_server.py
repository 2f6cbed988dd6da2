"""Servers of a test's own: with settings that others must not have, and standbys.

They are not confined: they listen at network addresses, and a standby connects to its primary.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.account import server_account
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.servers.cluster import AUTHENTICATION, cluster
from gnkmigrate.servers.embedded import _running, _set_password
from gnkmigrate.servers.folder import locked_folder
from tests.conftest import MAJOR, PROVIDER

needs_own_server = pytest.mark.skipif(
    PROVIDER != "embedded", reason="only an embedded server can be given settings of its own"
)


@contextmanager
def own_server(
    *settings: str, authentication: str = "", files: Mapping[str, bytes] | None = None
) -> Iterator[Server]:
    """A new server.

    Args:
        settings: lines of postgresql.conf; DATA stands for the data directory.
        authentication: further lines of pg_hba.conf.
        files: what to put into the data directory, for the server's user alone.
    """
    account, programs = server_account(), binaries(MAJOR)
    pristine = cluster(programs, account)
    with locked_folder(account) as (folder, lock):
        data = folder / "data"
        account.run(["cp", "-R", pristine, data])
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{line.replace('DATA', str(data))}\n" for line in settings)
        (data / "pg_hba.conf").write_text(AUTHENTICATION + authentication)
        for name, contents in (files or {}).items():
            (data / name).write_bytes(contents)
            (data / name).chmod(0o600)
            account.take(data / name)
        url = _set_password(programs, account, folder)
        with _running(programs, account, folder, lock, confined=False):
            yield _server(url, programs)


@contextmanager
def standby_of(primary: Server) -> Iterator[Server]:
    """A hot standby that follows a server, which must let replication in."""
    account, programs = server_account(), binaries(MAJOR)
    with locked_folder(account) as (folder, lock):
        copy = [f"--pgdata={folder / 'data'}", "--write-recovery-conf", "--checkpoint=fast"]
        account.run([programs / "pg_basebackup", f"--dbname={primary.url.conninfo}", *copy])
        address = conninfo.make_conninfo(primary.url.conninfo, host=str(folder))
        with _running(programs, account, folder, lock, confined=False):
            yield _server(DatabaseUrl(address), programs)


def _server(url: DatabaseUrl, programs: Path) -> Server:
    with connect(url) as connection:
        return Server(url, connection.info.server_version, "embedded", programs)
