"""Checks about what goes on in a server: sessions, locks, slots, counters, with the real thing."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import errors, sql

from gnkmigrate.audit.check import Question
from gnkmigrate.audit.checks import (
    blocked_sessions,
    idle_in_transaction,
    long_transactions,
    unused_index,
)
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.checks._sessions import duration
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from tests.audit.checks.running import findings, messages, reasons
from tests.conftest import MAJOR, PROVIDER
from tests.support import execute, rows

QUESTION = Question(Snapshot.of(()), None, "UTC", "public", {})
USERS = "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'Ada')"


@contextmanager
def in_transaction(url: DatabaseUrl, statement: str) -> Iterator[Connection]:
    """A session that has run a statement in a transaction and left it open."""
    with connect(url, search_path=["public"], application_name="shop") as session:
        session.execute(f"BEGIN; {statement}".encode())
        yield session
        session.execute("ROLLBACK")


def timeless(text: str) -> str:
    """A text without how long it has been."""
    return re.sub(r"\b\d+ (s|min)\b", "N s", text)


class TestIdleInTransaction:
    def test_a_session_that_was_left_in_the_middle(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idle_in_transaction, "SECONDS", 0)
        with in_transaction(database, "SELECT 'hunter2'") as session:
            (found,) = findings("idle-in-transaction", database)
            (told,) = found.evidence["sessions"]
            pid = session.info.backend_pid
        assert found.message == "One session does nothing in an open transaction, for 0 s."
        assert (
            told == f"process {pid}, role postgres, application shop, idle in transaction for 0 s"
        )

    def test_two_of_them_one_after_an_error(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idle_in_transaction, "SECONDS", 0)
        with in_transaction(database, "SELECT 1"), in_transaction(database, "SELECT 1") as failed:
            with pytest.raises(errors.DivisionByZero):
                failed.execute("SELECT 1 / 0")
            (message,) = messages("idle-in-transaction", database)
        assert message.startswith("2 sessions do nothing")

    def test_a_moment_is_no_finding(self, database: DatabaseUrl) -> None:
        with in_transaction(database, "SELECT 1"):
            assert messages("idle-in-transaction", database) == []

    def test_an_idle_session_without_a_transaction_is_none(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idle_in_transaction, "SECONDS", 0)
        with connect(database):
            assert messages("idle-in-transaction", database) == []


class TestLongTransactions:
    def test_one_that_has_been_open_for_long(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(long_transactions, "SECONDS", 0)
        with in_transaction(database, "SELECT 1"):
            (found,) = findings("long-transactions", database)
        assert timeless(found.message) == "One transaction has been open for long, for N s."
        assert found.severity.label == "low"

    def test_for_a_day(self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(long_transactions, "SECONDS", 0)
        monkeypatch.setattr(long_transactions, "DAY", 0)
        with in_transaction(database, "SELECT 1"), in_transaction(database, "SELECT 1"):
            (found,) = findings("long-transactions", database)
        assert found.message.startswith("2 transactions have been open")
        assert found.severity.label == "medium"

    def test_another_database_is_not_ours(
        self, minegnk: DatabaseUrl, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(long_transactions, "SECONDS", 0)
        with in_transaction(minegnk, "SELECT 1"):
            assert messages("long-transactions", database) == []

    def test_an_hour_is_long_and_a_moment_is_not(self, database: DatabaseUrl) -> None:
        with in_transaction(database, "SELECT 1"):
            assert messages("long-transactions", database) == []


class TestBlockedSessions:
    def test_a_statement_that_waits_for_a_lock(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        execute(database, USERS)
        with waiting(database) as (holder, waiter):
            assert messages("blocked-sessions", database) == []  # not for long yet
            monkeypatch.setattr(blocked_sessions, "SECONDS", 0)
            (found,) = findings("blocked-sessions", database)
        assert timeless(found.message) == (
            "One session waits for locks that others hold, since N s."
        )
        (told,) = found.evidence["waiting"]
        assert timeless(told) == (
            f"process {waiter}, role postgres, for N s, "
            f"behind process {holder} (postgres, idle in transaction)"
        )

    def test_a_holder_for_whom_nobody_waits_is_none(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(blocked_sessions, "SECONDS", 0)
        execute(database, USERS)
        with in_transaction(database, "LOCK TABLE users IN SHARE MODE"):
            assert messages("blocked-sessions", database) == []


@contextmanager
def waiting(url: DatabaseUrl) -> Iterator[tuple[int, int]]:
    """Two sessions, the second waiting for the first; their processes."""
    with (
        in_transaction(url, "UPDATE users SET name = 'Ben'") as holder,
        connect(url, search_path=["public"]) as waiter,
    ):
        holding, blocked = holder.info.backend_pid, waiter.info.backend_pid
        thread = threading.Thread(
            target=waiter.execute, args=("UPDATE users SET name = 'Cleo'",), daemon=True
        )
        thread.start()
        while not rows(url, f"SELECT FROM pg_locks WHERE pid = {blocked} AND NOT granted"):
            time.sleep(0.01)
        yield holding, blocked
        holder.execute("ROLLBACK")
        thread.join(10)


class TestConnectionLimit:
    def test_a_database_that_is_nearly_full(self, database: DatabaseUrl) -> None:
        with connect(database) as session:
            name = sql.Identifier(session.info.dbname)
            session.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 2").format(name))
            (found,) = findings("connection-limit", database)
            assert found.message == (
                f"2 of 2 connections of database {session.info.dbname} are in use."
            )
            assert found.severity.label == "high"

    def test_at_four_fifths_it_is_less_grave(self, database: DatabaseUrl) -> None:
        with connect(database) as session, connect(database), connect(database):
            name = sql.Identifier(session.info.dbname)
            session.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 5").format(name))
            (found,) = findings("connection-limit", database)
        assert found.severity.label == "medium"

    def test_a_role_that_may_not_see_others_counts_the_same(self, database: DatabaseUrl) -> None:
        with connect(database) as session, role_of(session, "corpus_clerk") as clerk:
            (used,) = rows(
                database,
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'",
            )[0]
            with connect(database) as other:
                other.execute(f"SET ROLE {clerk}".encode())
                given = answers(other, QUESTION, "connection_limit", share=0)
        assert {row.whose: row.used for row in given}["the server"] == used

    def test_a_limit_that_does_not_bind_superusers_is_none(self, database: DatabaseUrl) -> None:
        with connect(database) as session, role_of(session, "corpus_root") as root:
            session.execute(f"ALTER ROLE {root} SUPERUSER CONNECTION LIMIT 1".encode())
            session.execute(f"SET SESSION AUTHORIZATION {root}".encode())
            assert messages("connection-limit", database) == []
            session.execute("RESET SESSION AUTHORIZATION")

    def test_room_is_no_finding(self, database: DatabaseUrl) -> None:
        with connect(database) as session:
            name = sql.Identifier(session.info.dbname)
            session.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 9").format(name))
            assert messages("connection-limit", database) == []


@contextmanager
def role_of(session: Connection, name: str) -> Iterator[str]:
    """A role for as long as the block lasts."""
    session.execute(f"CREATE ROLE {name}".encode())
    try:
        yield name
    finally:
        session.execute(f"DROP ROLE {name}".encode())


@pytest.mark.skipif(PROVIDER == "url", reason="a given server may have slots of its own")
class TestInactiveReplicationSlot:
    def test_a_slot_that_nobody_reads_from(self, database: DatabaseUrl) -> None:
        with slot(database, "forgotten", reserve=True):
            execute(
                database, "CREATE TABLE t AS SELECT repeat('x', 99) FROM generate_series(1, 9999)"
            )
            (found,) = findings("inactive-replication-slot", database)
        assert re.fullmatch(
            r"Replication slot forgotten keeps \d+ [kM]B of WAL for nobody\.", found.message
        )
        # A throwaway server commits before it has written the last of it.
        assert found.evidence["bytes of WAL"] > 500_000
        assert found.evidence["max_slot_wal_keep_size"] == "-1"
        assert ("inactive since" in found.evidence) is (MAJOR >= 17)
        assert found.fix == ("SELECT pg_drop_replication_slot('forgotten')",)
        assert found.severity.label == "medium"

    def test_a_slot_that_keeps_nothing_yet_is_none(self, database: DatabaseUrl) -> None:
        with slot(database, "coming", reserve=False):
            assert messages("inactive-replication-slot", database) == []


@contextmanager
def slot(url: DatabaseUrl, name: str, *, reserve: bool) -> Iterator[None]:
    rows(url, f"SELECT pg_create_physical_replication_slot('{name}', {reserve})")
    try:
        yield
    finally:
        rows(url, f"SELECT pg_drop_replication_slot('{name}')")


@pytest.mark.skipif(MAJOR < 15, reason="counters cannot be asked for at once")
class TestUnusedIndex:
    TABLE = """
        CREATE TABLE users (id int PRIMARY KEY, name text, boss int REFERENCES users);
        INSERT INTO users SELECT n, 'Ada' || n, 1 FROM generate_series(1, 50000) AS n;
        CREATE INDEX users_name ON users (name);
        CREATE INDEX users_boss ON users (boss);
        CREATE INDEX users_used ON users (name, id);
        CREATE UNIQUE INDEX users_unique ON users (id DESC, name);
        CREATE INDEX users_small ON users (id) WHERE id < 10;
        ANALYZE users"""

    def test_an_index_that_nobody_reads(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unused_index, "DAYS", 0)
        execute(database, self.TABLE)
        with connect(database, search_path=["public"]) as session:
            session.execute("SET enable_seqscan = off")
            session.execute("SELECT id FROM users WHERE name = 'Ada7' ORDER BY id")
            session.execute("SELECT pg_stat_force_next_flush()")
        used = rows(database, "SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan > 0")
        found = findings("unused-index", database)
        assert {finding.object.name for finding in found} == {"users_name", "users_used"} - {
            row[0] for row in used
        }
        assert len(found) == 1

    def test_it_can_be_made_again(
        self, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unused_index, "DAYS", 0)
        execute(database, self.TABLE)
        (found, *_) = findings("unused-index", database)
        with connect(database) as session:
            for statement in (*found.fix, *found.undo):
                session.execute(statement.encode())
        assert found.undo == (
            f"CREATE INDEX CONCURRENTLY {found.object.name} ON public.users USING btree "
            + ("(name)" if found.object.name == "users_name" else "(name, id)"),
        )

    def test_young_counters_prove_nothing(self, database: DatabaseUrl) -> None:
        execute(database, self.TABLE)
        rows(database, "SELECT pg_stat_reset()")
        assert reasons("unused-index", database) == [
            "the statistics have been collected for less than 30 days"
        ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119, "119 s"), (130, "2 min"), (7300, "2 h"), (200_000, "2 days")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text
