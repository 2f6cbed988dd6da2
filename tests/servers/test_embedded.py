"""The embedded server lets nobody else in, and is gone when its process is, however it went."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.account import server_account
from gnkmigrate.servers.cluster import cluster, single_user
from gnkmigrate.servers.embedded import embedded
from gnkmigrate.servers.folder import GRACE_S, locked_folder
from tests.conftest import MAJOR
from tests.support import execute, rows

# A program that starts a server, says where it is and waits to be ended.
PROGRAM = f"""
import time
from psycopg import conninfo
from gnkmigrate.servers.embedded import embedded
with embedded({MAJOR}) as server:
    print(conninfo.conninfo_to_dict(server.url.conninfo)["host"], flush=True)
    time.sleep(60)
"""


def folder(server: Server) -> Path:
    return Path(str(conninfo.conninfo_to_dict(server.url.conninfo)["host"]))


def process_of(server_folder: Path) -> int:
    return int((server_folder / "data" / "postmaster.pid").read_text().split()[0])


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


@contextmanager
def program() -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process with a server of its own, and the server's folder."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    with embedded(MAJOR) as server:
        yield server


def test_it_is_the_version_that_was_asked_for(own: Server) -> None:
    assert (own.major, own.provider) == (MAJOR, "embedded")
    assert rows(own.url, "SHOW server_version_num") == [(str(own.version),)]
    assert rows(own.url, "SHOW server_encoding") == [("UTF8",)]


def test_only_its_user_reaches_it(own: Server) -> None:
    assert folder(own).stat().st_mode & 0o777 == 0o700
    assert rows(own.url, "SHOW listen_addresses") == [("",)]
    methods = rows(own.url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert methods == [("scram-sha-256",)]


@pytest.mark.parametrize("password", ["", "postgres"])
def test_without_its_password_nobody_comes_in(own: Server, password: str) -> None:
    url = DatabaseUrl(conninfo.make_conninfo(own.url.conninfo, password=password))
    with pytest.raises(ConnectionFailed, match=r"none was given|was not accepted"):
        connect(url)


def test_what_a_migration_depends_on_is_as_postgresql_has_it(own: Server) -> None:
    changed = rows(
        own.url,
        """
        SELECT name FROM pg_settings
        WHERE source = 'configuration file' AND setting IS DISTINCT FROM boot_val
          AND name ~ '(timeout|isolation|search_path|row_security|check_function_bodies)'
        """,
    )
    assert changed == []


def test_it_knows_the_letters_of_all_alphabets(own: Server) -> None:
    if sys.platform == "linux":
        assert rows(own.url, "SELECT lower('ÄÉЖΩ')") == [("äéжω",)]


@pytest.mark.parametrize("extension", ["dblink", "pgcrypto", "pg_trgm", "postgres_fdw"])
def test_extensions_load(own: Server, extension: str) -> None:
    with own.database() as url:
        execute(url, f"CREATE EXTENSION {extension}")


def test_it_says_that_its_uuid_ossp_is_a_stand_in(own: Server) -> None:
    with own.database() as url, connect(url) as session:
        session.execute('CREATE EXTENSION "uuid-ossp" SCHEMA public')
        (language, comment), *_ = session.execute("""
            SELECT language.lanname, extension.comment
            FROM pg_proc AS function
                JOIN pg_language AS language ON language.oid = function.prolang
                CROSS JOIN pg_available_extensions AS extension
            WHERE function.proname = 'uuid_generate_v4' AND extension.name = 'uuid-ossp'
        """).fetchall()
        assert comment.startswith("stand-in") == (language == "sql")


def test_two_at_once_do_not_meet(own: Server) -> None:
    with embedded(MAJOR) as other:
        execute(own.url, "CREATE ROLE of_the_one")
        assert rows(other.url, "SELECT FROM pg_roles WHERE rolname = 'of_the_one'") == []
        assert folder(own) != folder(other)
        assert own.url.conninfo != other.url.conninfo
    assert rows(own.url, "SELECT 1") == [(1,)]


def test_at_the_end_nothing_is_left_even_with_sessions_open() -> None:
    with embedded(MAJOR) as server:
        process = process_of(folder(server))
        session = connect(server.url)
        session.execute("CREATE TABLE public.t AS SELECT generate_series(1, 1000)")
    session.close()
    assert not folder(server).exists()
    assert not is_running(process)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_of_a_process_that_is_ended(sign: signal.Signals) -> None:
    with program() as (process, server_folder):
        server_process = process_of(server_folder)
        process.send_signal(sign)
        assert process.wait(timeout=10) != 0
    assert until(lambda: not server_folder.exists())
    assert until(lambda: not is_running(server_process))


def test_a_server_that_dies_leaves_nothing() -> None:
    with embedded(MAJOR) as server:
        os.kill(process_of(folder(server)), signal.SIGQUIT)
        assert until(lambda: not folder(server).exists())


def test_a_folder_that_nobody_cares_for_is_removed() -> None:
    account = server_account()
    with locked_folder(account) as (old, _):
        pass
    old.mkdir()
    (old / "lock").touch()
    account.take(old)
    with locked_folder(account):
        assert old.exists()  # somebody may just be making it
    long_ago = time.time() - 2 * GRACE_S
    os.utime(old, (long_ago, long_ago))
    with locked_folder(account):
        assert not old.exists()


def test_a_folder_in_use_stays_however_old_it_is() -> None:
    account = server_account()
    with locked_folder(account) as (old, _):
        long_ago = time.time() - 2 * GRACE_S
        os.utime(old, (long_ago, long_ago))
        with locked_folder(account):
            assert old.exists()


def test_a_statement_that_fails_is_not_repeated_since_it_may_hold_a_password(own: Server) -> None:
    account, programs = server_account(), own.binaries
    assert programs is not None
    with locked_folder(account) as (place, _):
        account.run(["cp", "-R", cluster(programs, account), place / "data"])
        with pytest.raises(ServerUnavailable) as failure:
            single_user(programs, account, place / "data", "ALTER ROLE nobody PASSWORD 'hunter2'")
    assert any('role "nobody" does not exist' in line for line in failure.value.details)
    assert "hunter2" not in str(vars(failure.value))


def test_a_version_that_does_not_exist() -> None:
    with pytest.raises(ServerUnavailable, match="no embedded PostgreSQL 13") as refused:
        embedded(13).__enter__()
    assert "14, 15, 16, 17, 18" in refused.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_a_cache_that_the_servers_user_cannot_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("GNKMIGRATE_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(ServerUnavailable, match="cannot enter") as refused:
        embedded(MAJOR).__enter__()
    assert "GNKMIGRATE_CACHE_DIR" in refused.value.hint
