"""The disk with the write-ahead log fills up: the server ends itself, and all is there after."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from gnkmigrate.errors import ConnectionFailed, ConnectionLost
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request
from tests.conftest import MAJOR
from tests.migrations.project import Project, Stations, stations_on
from tests.own_server import Ballast, OwnServer, ballast_in, own_server, small_file_system

MEGABYTES = 384
# Segments are made when they are needed, each of which takes room.
CONFIGURATION = ("wal_recycle = off", "min_wal_size = 32MB", "max_wal_size = 96MB")
# At every so many steps the log finds no room.
EVERY = 12


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    with own_server(MAJOR, CONFIGURATION) as found:
        yield found


@pytest.fixture(scope="module")
def ballast(own: OwnServer) -> Iterator[Ballast]:
    """On the disk with the write-ahead log, which has nothing else."""
    with small_file_system(own.folder, own.account, MEGABYTES) as place:
        move_log(own, place)
        with ballast_in(place) as found:
            yield found
        own.stop("immediate")


def move_log(own: OwnServer, place: Path) -> None:
    own.stop()
    log = own.data / "pg_wal"
    own.account.run(["cp", "-R", log, place / "pg_wal"])
    own.account.run(["rm", "-r", log])
    own.account.run(["ln", "-s", place / "pg_wal", log])
    own.start()


@pytest.fixture(scope="module")
def own_stations(own: OwnServer, ballast: Ballast, phases: tuple[Phase, ...]) -> Iterator[Stations]:
    del ballast  # the log moves first
    with stations_on(own.server, phases) as found:
        yield found


def fill(own: OwnServer, ballast: Ballast) -> None:
    """Goes on writing the log, until the server ends itself."""
    ballast.take_all()
    with suppress(psycopg.OperationalError), connect(own.url) as session:
        while True:
            session.execute("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()")
    deadline = time.monotonic() + 60
    while (own.data / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the server goes on"
        time.sleep(0.05)


def times_that_it_stopped(
    project: Project, direction: Direction, own: OwnServer, ballast: Ballast
) -> int:
    """Runs all phases to their end, with the log's disk full at every few of their steps."""
    struck: list[events.Event] = []

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event not in struck:
            struck.append(event)
            if len(struck) % EVERY == 0:
                fill(own, ballast)

    stopped = 0
    while not arrived(project, direction, observe):
        stopped += 1
        ballast.give_back(MEGABYTES << 20)
        own.start()
    return stopped


def arrived(project: Project, direction: Direction, observe: events.Observer) -> bool:
    settings = project.settings
    try:
        runner.run_to_the_end(
            lambda: connect(project.url, search_path=settings.schemas),
            project.phases,
            direction,
            Request(),
            settings,
            observe,
        )
    except (ConnectionLost, ConnectionFailed):
        return False
    return True


def test_wherever_the_log_finds_no_room_the_phases_go_on_when_there_is_some(
    own: OwnServer, own_stations: Stations, ballast: Ballast
) -> None:
    with own_stations[0].project(limits={"reconnect_s": 0}) as project:
        assert times_that_it_stopped(project, "up", own, ballast) > 3
        assert project.state == own_stations[6].state

        assert times_that_it_stopped(project, "down", own, ballast) > 3
        assert project.state == own_stations[0].state
