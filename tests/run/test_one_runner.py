"""One runner at a time, and never a lock without a runner."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, RunnerBusy
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import one_runner, runner
from gnkmigrate.run.status import Request, status
from gnkmigrate.servers import Server
from tests.small import Small


@pytest.fixture
def other(database: DatabaseUrl) -> Iterator[Connection]:
    with connect(database, application_name="the other one") as session:
        yield session


@pytest.fixture
def session(database: DatabaseUrl) -> Iterator[Connection]:
    with connect(database) as connection:
        yield connection


def test_the_second_runner_is_told_who_the_first_one_is(
    session: Connection, other: Connection
) -> None:
    with (
        one_runner.hold(other),
        pytest.raises(RunnerBusy) as busy,
        one_runner.hold(session),
    ):
        pass

    assert f"pid {other.info.backend_pid}, " in busy.value.details[0]
    assert "the other one" in busy.value.details[0]
    with one_runner.hold(session):
        assert one_runner.holder(other) is not None
    assert one_runner.holder(other) is None


def test_it_can_wait_without_a_transaction(session: Connection, other: Connection) -> None:
    with one_runner.hold(other):
        started = time.monotonic()
        with pytest.raises(RunnerBusy), one_runner.hold(session, wait_s=0.3):
            pass
        assert time.monotonic() - started >= 0.3
        state = "SELECT state, xact_start FROM pg_stat_activity WHERE pid = %s"
        found = other.execute(state, (session.info.backend_pid,)).fetchone()
    assert found == ("idle", None)


def test_a_runner_that_is_killed_leaves_no_lock(session: Connection, other: Connection) -> None:
    with one_runner.hold(other):
        session.execute("SELECT pg_terminate_backend(%s, 5000)", (other.info.backend_pid,))
        with pytest.raises(psycopg.errors.AdminShutdown):
            other.execute("SELECT 1")

    with one_runner.hold(session):
        assert one_runner.holder(session) is None


def test_another_database_has_another_runner(server: Server, session: Connection) -> None:
    with (
        server.database() as url,
        connect(url) as elsewhere,
        one_runner.hold(session),
        one_runner.hold(elsewhere),
    ):
        assert one_runner.holder(session) is None


def test_an_error_gives_the_lock_back(small: Small, other: Connection) -> None:
    small.revision(1, 'op.step("fails", "SELECT 1 / 0")')
    project = small.project()

    with project.session() as session:
        with pytest.raises(PhaseFailed):
            runner.run(session, project.phases, "up", Request(), project.settings)
        assert one_runner.holder(other) is None


def test_a_phase_that_is_being_run_is_running(small: Small, other: Connection) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")\nop.step("b", "SELECT 1")')
    project = small.project()
    seen: list[str] = []

    project.up(lambda _event: seen.extend(s.state for s in status(other, project.phases)))

    assert seen[0] == "running"
    assert project.states == ("done",)


def test_two_projects_do_not_run_at_once(small: Small) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")')
    project = small.project()

    def second(_event: object) -> None:
        with pytest.raises(RunnerBusy):
            small.project().up()

    project.up(second)
    assert project.states == ("done",)


def test_others_are_waited_for_and_named_once(session: Connection, other: Connection) -> None:
    told: list[str] = []
    with ThreadPoolExecutor() as pool, one_runner.hold(other):
        with pytest.raises(RunnerBusy):
            one_runner.wait_for_others(session, 0.3, told.append)
        waiting = pool.submit(one_runner.wait_for_others, session, 30, told.append)
        while len(told) < 2:
            time.sleep(0.01)
        other.execute("SELECT pg_advisory_unlock(%s)", (one_runner.KEY,))
        waiting.result(timeout=30)
    assert [str(other.info.backend_pid) in each for each in told] == [True, True]
