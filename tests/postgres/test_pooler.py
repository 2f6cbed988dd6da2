"""PgBouncer in between: by session it does no harm, and any other way it is refused."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psycopg
import pytest
from psycopg import conninfo

from gnkmigrate.errors import ConnectionFailed, PhaseFailed
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.revision import load_phases
from gnkmigrate.settings import LimitSettings
from tests.cli.conftest import Command, gnkmigrate
from tests.conftest import MAJOR
from tests.migrations.project import STATION_SETTINGS, Project, minegnk_settings
from tests.own_server import OwnServer, own_server
from tests.support import BASELINE, ROOT, execute_file

__all__ = ["gnkmigrate"]

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
PORT = 6432

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr =
unix_socket_dir = {host}
unix_socket_mode = 0700
listen_port = {own_port}
auth_type = trust
auth_file = {host}/users
pool_mode = {mode}
default_pool_size = {size}
server_round_robin = {round_robin}
"""


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    with own_server(MAJOR) as found:
        yield found


@contextmanager
def pgbouncer(
    own: OwnServer, mode: str, *, size: int = 20, round_robin: int = 0
) -> Iterator[DatabaseUrl]:
    """The address of a PgBouncer in front of the server."""
    configuration = own.folder / "pgbouncer.ini"
    configuration.write_text(
        CONFIGURATION.format(
            host=own.folder,
            port=own.port,
            own_port=PORT,
            mode=mode,
            size=size,
            round_robin=round_robin,
        )
    )
    (own.folder / "users").write_text('"postgres" ""\n')
    url = DatabaseUrl(conninfo.make_conninfo(own.url.conninfo, port=PORT))
    assert PGBOUNCER is not None
    program = own.account.start(
        [PGBOUNCER, "-q", configuration],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(url)
        yield url
    finally:
        program.terminate()
        program.wait()


def _wait_for(url: DatabaseUrl) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            psycopg.connect(url.conninfo).close()
            return
        time.sleep(0.02)
    raise TimeoutError("PgBouncer does not start")


@contextmanager
def busy(url: DatabaseUrl, clients: int) -> Iterator[None]:
    """Clients that query all the time, through the pooler."""
    over = threading.Event()

    def query() -> None:
        with psycopg.connect(url.conninfo, autocommit=True) as session:
            while not over.is_set():
                session.execute("SELECT pg_sleep(0.001)", prepare=False)

    threads = [threading.Thread(target=query) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_pool_of_shared_sessions_is_refused_and_left_as_it_was(own: OwnServer, mode: str) -> None:
    with pgbouncer(own, mode) as url:
        for _ in range(3):
            with pytest.raises(ConnectionFailed, match="a transaction at a time") as refused:
                connect(url, read_only=True)
        assert "pool_mode = session" in refused.value.hint

        with psycopg.connect(url.conninfo, autocommit=True) as application:
            settings = "SELECT current_setting('default_transaction_read_only'), lock_timeout"
            shown = settings.replace("lock_timeout", "current_setting('lock_timeout')")
            assert application.execute(shown.encode()).fetchone() == ("off", "0")


@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("size", [2, 20])
def test_it_is_refused_while_others_use_it_too(own: OwnServer, size: int, round_robin: int) -> None:
    with pgbouncer(own, "transaction", size=size, round_robin=round_robin) as url, busy(url, 4):
        for _ in range(8):
            with pytest.raises(ConnectionFailed, match="a transaction at a time"):
                connect(url)


def test_the_command_says_so_and_what_to_do(own: OwnServer, gnkmigrate: Command) -> None:
    with pgbouncer(own, "transaction") as url:
        result = gnkmigrate(url, "upgrade", "--yes")

    assert result.exit_code == 2
    assert "connection pooler" in result.stderr
    assert "next: Give PostgreSQL's own address with --url" in result.stderr


def test_by_session_everything_works(own: OwnServer) -> None:
    phases = load_phases(ROOT / "migrations")
    with own.server.database() as direct, pgbouncer(own, "session") as address:
        name = str(conninfo.conninfo_to_dict(direct.conninfo)["dbname"])
        execute_file(direct, BASELINE)
        pooled = Project(
            address.with_database(name), own.server, phases, minegnk_settings(**STATION_SETTINGS)
        )
        pooled.up()
        pooled.down()
        assert set(pooled.states) == {"pending"}


def test_by_session_whoever_is_in_the_way_is_named(own: OwnServer) -> None:
    phases = load_phases(ROOT / "migrations")
    limits = LimitSettings(lock_timeout_ms=250, lock_deadline_s=0.5)
    with ExitStack() as stack:
        direct = stack.enter_context(own.server.database())
        address = stack.enter_context(pgbouncer(own, "session"))
        name = str(conninfo.conninfo_to_dict(direct.conninfo)["dbname"])
        execute_file(direct, BASELINE)
        project = Project(
            address.with_database(name), own.server, phases, minegnk_settings(limits=limits)
        )
        holder = stack.enter_context(connect(direct))
        stack.enter_context(holder.transaction())
        holder.execute("LOCK TABLE public.users")

        with pytest.raises(PhaseFailed, match="no lock") as failed:
            project.up()

        assert f"pid {holder.info.backend_pid}, postgres" in failed.value.details[0]
