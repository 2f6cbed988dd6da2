"""Checks that need a server with settings of its own, or a standby."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.audit.checks import end_of_life, wal_archiving
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.audit.checks.running import findings, messages, reasons
from tests.audit.own_server import needs_own_server, own_server, standby_of
from tests.conftest import MAJOR
from tests.support import execute, rows

pytestmark = needs_own_server

SETTINGS = (
    "shared_preload_libraries = 'pg_stat_statements'",
    "shared_buffers = '256kB'",
    "autovacuum_freeze_max_age = 100000",
    "autovacuum = off",
    "archive_mode = on",
    "archive_command = 'test ! -e DATA/full && (test ! -e DATA/slow || sleep 3)'",
)
AUTHENTICATION = """
local replication all scram-sha-256
host nowhere all 127.0.0.1/32 trust
host nowhere all 192.0.2.0/24 trust
host nowhere all 198.51.100.0/24 password
hostssl nowhere all 198.51.100.0/24 password
"""


@pytest.fixture(scope="module")
def badly_kept() -> Iterator[Server]:
    """A server that nobody looks after."""
    with own_server(*SETTINGS, authentication=AUTHENTICATION) as server:
        yield server


@pytest.fixture
def shop(badly_kept: Server) -> Iterator[DatabaseUrl]:
    with badly_kept.database() as url:
        yield url


def until(true: Callable[[], object]) -> None:
    """Waits for something that the server does by itself."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "the server does not get there"
        time.sleep(0.05)


def test_autovacuum_that_is_off_for_all(shop: DatabaseUrl) -> None:
    (found,) = findings("autovacuum-off", shop)
    assert found.message == "Autovacuum does not work on this server: autovacuum is off."
    assert found.severity.label == "high"


def test_lines_that_let_everybody_in(shop: DatabaseUrl) -> None:
    found = {finding.message: finding for finding in findings("trust-authentication", shop)}
    assert {message: finding.severity.label for message, finding in found.items()} == {
        "The server lets clients from its own machine in without asking for a password.": "low",
        "The server lets clients from other machines in without asking for a password.": "high",
        "The server lets clients from other machines in by a password sent as it is.": "low",
    }
    (line,) = found[
        "The server lets clients from other machines in by a password sent as it is."
    ].evidence["lines of pg_hba.conf"]
    assert line.endswith("host nowhere all 198.51.100.0 255.255.255.0 password")


def test_a_careful_server_lets_nobody_in(database: DatabaseUrl) -> None:
    assert messages("trust-authentication", database) == []
    assert messages("no-tls", database) == []


def test_who_may_not_read_it_learns_that_it_was_not_checked(badly_kept: Server) -> None:
    execute(badly_kept.url, "CREATE ROLE visitor LOGIN PASSWORD 'x'")
    visitor = DatabaseUrl(
        conninfo.make_conninfo(badly_kept.url.conninfo, user="visitor", password="x")
    )
    assert reasons("trust-authentication", visitor) == [
        "only a superuser may read who is let in (pg_hba_file_rules)"
    ]
    assert reasons("md5-passwords", visitor) == [
        "only a superuser may read how passwords are kept (pg_authid)"
    ]
    assert reasons("idle-in-transaction", visitor) == ["the role is no member of pg_monitor"]


def test_blocks_that_are_not_in_the_cache(shop: DatabaseUrl) -> None:
    assert messages("cache-hit", shop) == []
    execute(
        shop,
        """CREATE TABLE logs (line text);
        INSERT INTO logs SELECT repeat('x', 6000) FROM generate_series(1, 2500);
        ALTER TABLE logs ALTER line SET STORAGE PLAIN;
        INSERT INTO logs SELECT repeat('x', 6000) FROM generate_series(1, 2500)""",
    )
    with connect(shop, search_path=["public"]) as session:
        session.execute("SET max_parallel_workers_per_gather = 0")
        session.execute(
            "DO $$ BEGIN FOR i IN 1..45 LOOP PERFORM count(*) FROM logs; END LOOP; END $$"
        )
    until(lambda: messages("cache-hit", shop))
    (found,) = findings("cache-hit", shop)
    assert found.message.endswith("of 100 blocks are found in PostgreSQL's cache.")
    assert found.evidence["shared_buffers"] == "256kB"


def test_transaction_ids_that_nobody_freezes(badly_kept: Server, shop: DatabaseUrl) -> None:
    assert messages("wraparound", shop) == []
    execute(shop, "CREATE TABLE logs (id int)")
    with connect(badly_kept.url, search_path=["public"]) as holder:
        holder.execute("BEGIN; SELECT pg_current_xact_id()")  # VACUUM keeps all from here on
        execute(
            shop,
            """DO $$ BEGIN FOR i IN 1..210000 LOOP
                BEGIN INSERT INTO logs VALUES (i); EXCEPTION WHEN division_by_zero THEN NULL; END;
            END LOOP; END $$""",
        )
        found = {finding.object.name: finding for finding in findings("wraparound", shop)}
    name = rows(shop, "SELECT current_database()")[0][0]
    assert found[name].severity.label == "medium"
    assert found[name].message.endswith(" transactions.")
    assert found[name].evidence["age of the oldest transaction id"] > 200_000
    assert len(found[name].evidence["oldest tables"]) == 5


def test_slow_statements(shop: DatabaseUrl) -> None:
    assert reasons("slow-statements", shop) == [
        "the extension pg_stat_statements is not installed in this database"
    ]
    execute(
        shop, 'CREATE SCHEMA "Odd schema"; CREATE EXTENSION pg_stat_statements SCHEMA "Odd schema"'
    )
    assert messages("slow-statements", shop) == []
    with connect(shop) as session:
        for _ in range(5):
            session.execute("SELECT pg_sleep(0.51), 'hunter2'")
        session.execute("DO $$ BEGIN PERFORM 'hunter2'; END $$")
    (found,) = findings("slow-statements", shop)
    assert found.message.endswith(" ms on average and has been run 5 times.")
    assert found.evidence["statement"] == "SELECT pg_sleep($1), $2"


def test_without_its_extensions_no_index_is_suggested(shop: DatabaseUrl) -> None:
    assert reasons("suggested-index", shop) == [
        "the extension pg_stat_statements is not installed in this database"
    ]
    execute(shop, "CREATE EXTENSION pg_stat_statements")
    assert reasons("suggested-index", shop) == [
        "the extension hypopg is not installed in this database"
    ]


def test_an_index_that_would_help(shop: DatabaseUrl) -> None:
    """Runs where the server has HypoPG, which embedded servers do not bring along."""
    if not rows(shop, "SELECT FROM pg_available_extensions WHERE name = 'hypopg'"):
        pytest.skip("this server has no HypoPG")
    execute(
        shop,
        """CREATE EXTENSION pg_stat_statements;
        CREATE SCHEMA tools; CREATE EXTENSION hypopg SCHEMA tools;
        CREATE TABLE "Users" (id int PRIMARY KEY, "The Name" text, notes json);
        INSERT INTO "Users" SELECT n, 'Ada' || n FROM generate_series(1, 50000) AS n""",
    )
    execute(shop, 'ANALYZE "Users"')
    with connect(shop, search_path=["public"]) as session:
        for number in range(6):
            session.execute("""SELECT id FROM "Users" WHERE "The Name" = 'Ben'""")
            session.execute("SELECT pg_sleep(0.002)")
            session.execute(f"""UPDATE "Users" SET notes = NULL WHERE id = {number}""")
    (found,) = findings("suggested-index", shop)
    assert found.object.table == "Users"
    assert found.message.startswith("With an index on Users (The Name) a frequent statement")
    assert found.fix == (
        'CREATE INDEX CONCURRENTLY "idx_Users_The Name" ON public."Users" ("The Name")',
    )
    execute_each(shop, *found.fix)
    assert messages("suggested-index", shop) == []


def execute_each(url: DatabaseUrl, *statements: str) -> None:
    """Runs statements outside of a transaction."""
    with connect(url) as session:
        for statement in statements:
            session.execute(statement.encode())


def test_temporary_files(shop: DatabaseUrl) -> None:
    assert messages("temp-files", shop) == []
    rows(shop, "SELECT pg_stat_reset()")
    with connect(shop) as session:
        session.execute("SET work_mem = '64kB'")
        session.execute(
            """SELECT count(*) FROM (
                SELECT repeat('x', 1000) || n FROM generate_series(1, 120000) AS n ORDER BY 1 DESC
            ) AS sorted"""
        )
    until(lambda: rows(shop, TEMPORARY)[0][0] > 100 * 1024 * 1024)
    (found,) = findings("temp-files", shop)
    assert found.message.startswith("Statements have written 1")
    assert found.evidence["in days"] == 1


TEMPORARY = "SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()"


def test_a_setting_that_waits_for_a_restart(shop: DatabaseUrl) -> None:
    assert messages("pending-restart", shop) == []
    with connect(shop) as session:
        session.execute("ALTER SYSTEM SET max_connections = 77")
        session.execute("SELECT pg_reload_conf()")
        until(lambda: messages("pending-restart", shop))
        (found,) = findings("pending-restart", shop)
        session.execute("ALTER SYSTEM RESET max_connections")
        session.execute("SELECT pg_reload_conf()")
    assert found.message == "One setting was changed and waits for a restart."
    assert found.evidence["as the server has them"] == ["max_connections = 100"]


def test_a_replica_that_does_not_replay(badly_kept: Server, shop: DatabaseUrl) -> None:
    with standby_of(badly_kept) as standby:
        until(lambda: rows(shop, "SELECT FROM pg_stat_replication WHERE state = 'streaming'"))
        assert messages("replication-lag", shop) == []
        rows(standby.url, "SELECT pg_wal_replay_pause()")
        until(lambda: rows(standby.url, "SELECT pg_get_wal_replay_pause_state()")[0][0] == "paused")
        execute(
            shop,
            """CREATE TABLE logs AS
            SELECT md5(n::text) || repeat('x', 900) FROM generate_series(1, 75000) AS n""",
        )
        (found,) = findings("replication-lag", shop)
        assert found.message.startswith("Standby walreceiver has ")
        assert reasons("wal-archiving", standby.url) == [
            "this is a standby, which archives nothing"
        ]


def test_wal_that_is_not_archived(shop: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path(rows(shop, "SHOW data_directory")[0][0])
    archived = "SELECT coalesce(last_archived_time, '-infinity') > '{}' FROM pg_stat_archiver"
    begin = rows(shop, "SELECT now()")[0][0]
    _switch(shop)
    until(lambda: rows(shop, archived.format(begin))[0][0])
    assert messages("wal-archiving", shop) == []
    (data / "full").touch()
    _switch(shop)
    until(lambda: rows(shop, "SELECT failed_count FROM pg_stat_archiver")[0][0])
    (failing,) = findings("wal-archiving", shop)
    assert failing.message.startswith("Archiving WAL fails: 0000000")
    assert failing.severity.label == "high"
    (data / "full").unlink()
    _switch(shop)
    until(lambda: messages("wal-archiving", shop) == [])
    (data / "slow").touch()
    _switch(shop)
    monkeypatch.setattr(wal_archiving, "HOURS", 0)
    until(lambda: messages("wal-archiving", shop))
    (late,) = findings("wal-archiving", shop)
    (data / "slow").unlink()
    assert "hours, although there is some" in late.message


def _switch(url: DatabaseUrl) -> None:
    """Finishes a WAL segment and begins another, as writing for a while does."""
    with connect(url) as session:
        session.execute("SELECT pg_create_restore_point('before'), pg_switch_wal()")
        session.execute("SELECT pg_create_restore_point('after')")


def test_without_archiving_nothing_is_claimed(database: DatabaseUrl) -> None:
    assert reasons("wal-archiving", database) == [
        "the server archives no WAL, and other backups leave no trace in it"
    ]


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port of this machine for a server that listens to others."""
    with closing(socket.socket()) as probe:
        probe.bind(("", 0))
        number: int = probe.getsockname()[1]
    monkeypatch.setattr("gnkmigrate.servers.embedded.PORT", number)
    return number


def test_a_server_without_encryption(port: int) -> None:
    with own_server("listen_addresses = '*'") as server:
        (found,) = findings("no-tls", server.url)
    assert port
    assert found.message == "The server listens to other machines and offers no encryption."


@pytest.mark.skipif(not shutil.which("openssl"), reason="a certificate needs openssl")
def test_a_session_without_encryption(port: int, tmp_path: Path) -> None:
    address = _own_address()
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test"),
            *("-out", certificate, "-keyout", key),
        ],
        check=True,
        capture_output=True,
    )
    files = {file.name: file.read_bytes() for file in (certificate, key)}
    hosts = f"host all all {address}/32 scram-sha-256\n"
    settings = ("listen_addresses = '*'", "ssl = on")
    with own_server(*settings, authentication=hosts, files=files) as server:
        assert messages("no-tls", server.url) == []
        remote = conninfo.make_conninfo(
            server.url.conninfo, host=address, port=port, sslmode="disable"
        )
        with connect(DatabaseUrl(remote)):
            (message,) = messages("no-tls", server.url)
    assert message == "One session from other machines is not encrypted."


def _own_address() -> str:
    """An address of this machine that is not the loopback's."""
    with suppress(OSError), closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        address: str = probe.getsockname()[0]
        if not address.startswith("127."):
            return address
    pytest.skip("this machine has no address but the loopback's")


class TestEndOfLife:
    def test_todays_version(self, database: DatabaseUrl) -> None:
        today = rows(database, "SELECT current_date")[0][0]
        last = end_of_life.last_days()[MAJOR]
        told = messages("end-of-life", database)
        if today > last:
            assert told == [f"PostgreSQL {MAJOR} gets no fixes any more."]
        elif today > last - end_of_life.SOON:
            assert told == [f"PostgreSQL {MAJOR} gets fixes until {last.isoformat()} only."]
        else:
            assert told == []

    def test_every_supported_version_is_known(self) -> None:
        assert set(range(14, 19)) <= end_of_life.last_days().keys()
        days = list(end_of_life.last_days().values())
        assert days == sorted(days)

    @pytest.mark.parametrize(("days", "severity"), [(-1, "high"), (30, "low"), (181, None)])
    def test_how_much_time_is_left(
        self,
        days: int,
        severity: str | None,
        database: DatabaseUrl,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        last = rows(database, f"SELECT current_date + {days}")[0][0]
        monkeypatch.setattr(end_of_life, "last_days", lambda: {MAJOR: last})
        found = [finding.severity.label for finding in findings("end-of-life", database)]
        assert found == ([severity] if severity else [])

    def test_a_version_of_the_future_is_not_judged(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(end_of_life, "last_days", dict)
        assert reasons("end-of-life", database) == [
            f"the last day of PostgreSQL {MAJOR} is not known to this version"
        ]
