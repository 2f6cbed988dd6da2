"""Who is in the way of a step is named while it waits and when it gives up."""

import threading
import time
from collections.abc import Iterator

import pytest
from psycopg import errors

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.work import Work
from gnkmigrate.settings import LimitSettings
from tests.support import execute


@pytest.fixture
def session(database: DatabaseUrl) -> Iterator[Connection]:
    execute(database, "CREATE TABLE busy (id integer)")
    with connect(database, search_path=["public"]) as connection:
        connection.execute("SET lock_timeout = '300ms'")
        yield connection


def work(session: Connection, watch: BlockerWatch, *, deadline: float, kill: bool = False) -> Work:
    return Work(
        connection=session,
        phase="trial",
        parameters={},
        atomic=False,
        limits=LimitSettings(lock_deadline_s=deadline, kill_blockers=kill, statement_timeout_s=1),
        watch=watch,
        step="take the table",
    )


def lock(running: Work) -> None:
    running.attempt(lambda: running.execute("LOCK TABLE busy IN ACCESS EXCLUSIVE MODE"))


def test_the_session_in_the_way_is_named_with_its_pid_its_age_and_its_query(
    database: DatabaseUrl, session: Connection
) -> None:
    with (
        connect(database, search_path=["public"], application_name="report") as other,
        BlockerWatch(session) as watch,
        other.transaction(),
    ):
        other.execute("SELECT count(*) AS forgotten, 'pl4nted' FROM busy WHERE id <> 4711 -- s3c")
        pid = other.info.backend_pid
        with pytest.raises(PhaseFailed) as failed:
            lock(work(session, watch, deadline=0.5))

    (line,) = failed.value.details
    assert f"pid {pid}" in line
    assert "(report), idle in transaction" in line
    assert line.endswith("SELECT count(*) AS forgotten, ? FROM busy WHERE id <> ?")
    assert 'step "take the table"' in failed.value.message


def test_a_step_starts_again_until_the_lock_is_free(
    database: DatabaseUrl, session: Connection
) -> None:
    heard: list[events.Event] = []
    held = threading.Event()

    def hold() -> None:
        with connect(database, search_path=["public"]) as other, other.transaction():
            other.execute("LOCK TABLE busy")
            held.set()
            time.sleep(0.7)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with BlockerWatch(session) as watch:
        running = work(session, watch, deadline=10)
        running.observe = heard.append
        lock(running)
    holder.join()

    awaited = [event for event in heard if isinstance(event, events.LockAwaited)]
    # The first attempts give way too soon to see who is in the way.
    assert "LOCK TABLE busy" in awaited[-1].blockers[0]


def test_sessions_in_the_way_are_ended_only_where_that_was_asked_for(
    database: DatabaseUrl, session: Connection
) -> None:
    other = connect(database, search_path=["public"])
    other.execute("BEGIN; LOCK TABLE busy")

    with BlockerWatch(session) as watch:
        lock(work(session, watch, deadline=0.5, kill=True))

    with pytest.raises(errors.AdminShutdown):
        other.execute("SELECT 1")
    other.close()


def test_a_statement_that_takes_too_long_is_stopped(session: Connection) -> None:
    with BlockerWatch(session) as watch:
        running = work(session, watch, deadline=5)
        with pytest.raises(errors.QueryCanceled):
            running.attempt(lambda: running.execute("SELECT pg_sleep(5)"))
