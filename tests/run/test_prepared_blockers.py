"""A prepared transaction has no session that could be named: it is named itself, with its end."""

import time
from collections.abc import Iterator
from threading import Thread

import pytest

from gnkmigrate.errors import CatalogLocked, NoLock
from gnkmigrate.facts.reading import holders, read_snapshot
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.postgres.quoting import literal
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.blockers import BlockerWatch
from tests.own_server import OwnServer, own_server
from tests.run.test_blockers import lock, work

MAJOR = 16


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    with own_server(MAJOR, ["max_prepared_transactions = 4"]) as own:
        yield own


@pytest.fixture
def session(own: OwnServer) -> Iterator[Connection]:
    with connect(own.url, search_path=["public"]) as connection:
        connection.execute("DROP TABLE IF EXISTS busy CASCADE")
        connection.execute("CREATE TABLE busy (id integer); CREATE VIEW shown AS TABLE busy")
        connection.execute("SET lock_timeout = '300ms'")
        yield connection
        for (gid,) in connection.execute("SELECT gid FROM pg_prepared_xacts").fetchall():
            connection.execute(f"ROLLBACK PREPARED {literal(gid)}".encode())


def prepare(own: OwnServer, gid: str, statement: str) -> None:
    with connect(own.url, search_path=["public"]) as other:
        other.execute(f"BEGIN; {statement}; PREPARE TRANSACTION '{gid}'".encode())


@pytest.mark.parametrize("kill", [False, True])
def test_the_one_in_the_way_is_named(own: OwnServer, session: Connection, *, kill: bool) -> None:
    prepare(own, "it''s", "INSERT INTO busy VALUES (1)")
    prepare(own, "elsewhere", "CREATE TABLE other (id integer)")
    with BlockerWatch(session) as watch, pytest.raises(NoLock) as failed:
        lock(work(session, watch, deadline=0.5, kill=kill))
    (line,) = failed.value.details
    assert line.startswith("prepared transaction 'it''s' (postgres, since 2")
    assert line.endswith(
        "; COMMIT PREPARED 'it''s' or ROLLBACK PREPARED 'it''s' in the database postgres ends it)"
    )
    assert "prepared transactions" in str(failed.value.hint)
    session.execute("COMMIT PREPARED 'it''s'")
    with BlockerWatch(session) as watch:
        lock(work(session, watch, deadline=0.5))


def test_one_whose_lock_is_in_nobodys_way_is_not(own: OwnServer, session: Connection) -> None:
    prepare(own, "reads", "SELECT FROM busy")
    prepare(own, "writes", "INSERT INTO busy VALUES (1)")
    with BlockerWatch(session) as watch:
        running = work(session, watch, deadline=0.5)
        with pytest.raises(NoLock) as failed:
            running.attempt(lambda: running.execute("LOCK TABLE busy IN SHARE MODE"))
    (line,) = failed.value.details
    assert line.startswith("prepared transaction 'writes' ")


def test_an_audit_says_that_sessions_wait_behind_one(own: OwnServer, session: Connection) -> None:
    prepare(own, "writes", "INSERT INTO busy VALUES (1)")
    session.execute("SET lock_timeout = 0")
    waiter = Thread(target=session.execute, args=("LOCK TABLE busy",))
    session.execute("BEGIN")
    waiter.start()
    asked = query("audit.checks", "blocked_sessions")
    with connect(own.url) as other:
        while not (found := other.execute(asked, {"seconds": 0}).fetchall()):
            time.sleep(0.01)
        other.execute("ROLLBACK PREPARED 'writes'")
    waiter.join()
    session.execute("ROLLBACK")
    assert found[0][3] == ["a prepared transaction (pg_prepared_xacts)"]


def test_one_that_keeps_definitions_from_being_read_is_named(
    own: OwnServer, session: Connection
) -> None:
    prepare(own, "x", "LOCK TABLE busy, shown")
    session.execute("SET lock_timeout = '20ms'")
    with pytest.raises(CatalogLocked) as refused:
        read_snapshot(session)
    assert refused.value.details[0].startswith("prepared transaction 'x' (postgres, since 2")
    assert refused.value.details[0].endswith("holds ACCESS EXCLUSIVE on public.busy")
    skipped = [each.oid for each in holders(session)]
    tables = {fact.identity.name for fact in read_snapshot(session, skipped=skipped).facts.values()}
    assert "busy" not in tables
