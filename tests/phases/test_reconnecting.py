"""A session that is lost in the middle of an upgrade is replaced, and the upgrade goes on."""

import pytest

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import ConnectionLost
from gnkmigrate.phases import events, runner
from gnkmigrate.phases.revision import load_phases
from gnkmigrate.phases.status import Request, status
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.support import ROOT, pg_dump


@pytest.fixture
def settings() -> Settings:
    return load(ROOT / "gnkmigrate.toml")


def terminate(database: DatabaseUrl, pid: int) -> None:
    with connect(database) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def test_an_upgrade_whose_backend_is_killed_again_and_again_arrives_at_the_target(
    server: Server, minegnk: DatabaseUrl, minegnk_target: DatabaseUrl, settings: Settings
) -> None:
    phases = load_phases(settings.path(settings.migrations))
    sessions: list[Connection] = []
    killed: list[events.Event] = []

    def open_session() -> Connection:
        sessions.append(connect(minegnk, search_path=settings.schemas))
        return sessions[-1]

    def kill_at_every_fifth_step(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event not in killed and event.number % 5 == 0:
            killed.append(event)
            terminate(minegnk, sessions[-1].info.backend_pid)

    runner.run_to_the_end(open_session, phases, "up", Request(), settings, kill_at_every_fifth_step)

    assert len(killed) >= 3
    assert len(sessions) == len(killed) + 1
    with connect(minegnk) as session:
        assert {found.state for found in status(session, phases)} == {"done"}
    assert pg_dump(minegnk, server) == pg_dump(minegnk_target, server)


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
