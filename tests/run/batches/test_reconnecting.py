"""A session that is lost in the middle of an upgrade is replaced, and the upgrade goes on."""

from collections.abc import Callable

import pytest

from gnkmigrate.errors import ConnectionLost
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.conftest import MAJOR
from tests.migrations.project import Project
from tests.own_server import own_server
from tests.support import BASELINE, ROOT, TARGET, execute_file, pg_dump


@pytest.fixture
def settings() -> Settings:
    return load(ROOT / "gnkmigrate.toml")


def terminate(database: DatabaseUrl, pid: int) -> None:
    with connect(database) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def upgraded_in_spite_of(project: Project, happens: Callable[[Connection], None]) -> None:
    """One upgrade to the end, during which something happens to its session at every 8th step."""
    sessions: list[Connection] = []
    struck: list[events.Event] = []

    def open_session() -> Connection:
        sessions.append(connect(project.url, search_path=project.settings.schemas))
        return sessions[-1]

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event not in struck and event.number % 8 == 0:
            struck.append(event)
            happens(sessions[-1])

    runner.run_to_the_end(open_session, project.phases, "up", Request(), project.settings, observe)
    assert len(struck) >= 2
    assert len(sessions) == len(struck) + 1
    assert set(project.states) == {"done"}


def test_an_upgrade_whose_backend_is_killed_again_and_again_arrives_at_the_target(
    server: Server, minegnk: DatabaseUrl, minegnk_target: DatabaseUrl, settings: Settings
) -> None:
    project = Project(minegnk, server, load_phases(settings.path(settings.migrations)), settings)

    upgraded_in_spite_of(project, lambda session: terminate(minegnk, session.info.backend_pid))

    assert project.declared == pg_dump(minegnk_target, server)


def test_an_upgrade_whose_server_crashes_again_and_again_arrives_at_the_target(
    settings: Settings,
) -> None:
    phases = load_phases(settings.path(settings.migrations))
    with own_server(MAJOR) as own, own.server.database() as url, own.server.database() as target:
        execute_file(url, BASELINE)
        execute_file(target, TARGET)
        project = Project(url, own.server, phases, settings)

        upgraded_in_spite_of(project, lambda _session: own.crash())

        assert project.declared == pg_dump(target, own.server)


def test_a_session_that_does_not_come_back_ends_the_run_with_a_word_on_what_to_do(
    minegnk: DatabaseUrl, settings: Settings
) -> None:
    phases = load_phases(settings.path(settings.migrations))
    impatient = settings.model_copy(
        update={"limits": settings.limits.model_copy(update={"reconnect_s": 0})}
    )
    session = connect(minegnk, search_path=settings.schemas)

    def kill(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            terminate(minegnk, session.info.backend_pid)

    with pytest.raises(ConnectionLost) as lost:
        runner.run_to_the_end(lambda: session, phases, "up", Request(), impatient, kill)

    assert "goes on where the journal says" in lost.value.hint
