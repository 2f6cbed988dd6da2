"""Connection, client or server end between any two round trips: no row and no name is lost.

GNKMIGRATE_FAULTS says at how many round trips of each phase and direction connections and clients
are struck: a number, or all (make test-faults). GNKMIGRATE_CRASHES says the same of the server.
Which ones is chosen by chance, the same every time.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.run.phase import Phase
from tests.conftest import MAJOR
from tests.migrations.faulty import Fault, Task, Victims, spare, victims
from tests.migrations.project import STATION_SETTINGS, Project, Station, Stations, stations_on
from tests.migrations.test_interruption import OPPOSITE, Way, ways
from tests.own_server import OwnServer, own_server

FAULTS = os.environ.get("GNKMIGRATE_FAULTS", "1")
CRASHES = os.environ.get("GNKMIGRATE_CRASHES", "1")

# Runs a way of a phase in a database up to a round trip, where something strikes; and says whether
# it came to that.
Strike = Callable[[Project, Way, int], bool]
# A run that is quicker than the one that was counted looks less often at what it must not disturb.
SPARED = 10


@dataclass(frozen=True)
class Crashing:
    """A server that crashes when it is told to, and databases on it."""

    own: OwnServer
    stations: Stations


@pytest.fixture(scope="session")
def sacrificed() -> Iterator[Victims]:
    with victims() as found:
        yield found


@pytest.fixture(scope="session")
def crashing(phases: tuple[Phase, ...]) -> Iterator[Crashing]:
    # synchronous_commit is off there, so a crash also takes the last commits with it.
    with own_server(MAJOR) as own, stations_on(own.server, phases) as stations:
        yield Crashing(own, stations)


def task(project: Project, way: Way) -> Task:
    settings = dict(STATION_SETTINGS)
    return Task(project.url, str(way.phase), way.direction, settings)


def round_trips(station: Station, way: Way) -> int:
    """How many round trips the undisturbed way makes."""
    fault = Fault(0, spare)
    with station.project() as project:
        task(project, way).run_into(fault, station.phases)
    return fault.passed


def points(total: int, way: Way, wanted: str) -> Sequence[int]:
    everywhere = range(1, total + 1)
    if wanted == "all":
        return everywhere
    return sorted(random.Random(str(way)).sample(everywhere, min(total, int(wanted))))  # noqa: S311 - a fixed choice


def end_sessions(url: DatabaseUrl, condition: str) -> None:
    """Ends sessions and waits until they are gone.

    Polled here, because PostgreSQL itself would look every tenth of a second only.
    """
    with connect(url) as session:
        others = (
            "FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND {condition}"
        )
        session.execute(f"SELECT pg_terminate_backend(pid) {others}".encode())
        deadline = time.monotonic() + 10
        while session.execute(f"SELECT {others}".encode()).fetchone() is not None:
            assert time.monotonic() < deadline
            time.sleep(0.001)


def end_the_backend(project: Project, way: Way, point: int) -> bool:
    """pg_terminate_backend, as a nervous DBA does."""

    def strike(pid: int) -> None:
        end_sessions(project.url, f"pid = {pid}")

    return task(project, way).run_into(Fault(point, strike), project.phases)


@contextmanager
def cut(station: Station, way: Way, strike: Strike, point: int, total: int) -> Iterator[Project]:
    """A copy of the station's database in which something struck."""
    with station.project() as project:
        assert strike(project, way, point) or point > total - SPARED
        end_sessions(project.url, "true")  # a killed client's may still be busy
        yield project


def strike_and_recover(
    stations: Stations, way: Way, strike: Strike, point: int, total: int
) -> None:
    start, end = stations[way.start], stations[way.end]
    with cut(start, way, strike, point, total) as project:
        project.run(way.direction, way.request)
        assert project.state == end.state
        project.run(OPPOSITE[way.direction], way.request)
        assert project.state == start.state
    with cut(start, way, strike, point, total) as project:
        project.run(OPPOSITE[way.direction], way.request)
        assert project.state == start.state


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_that_is_cut_at_any_round_trip_goes_on_and_goes_back(
    stations: Stations, sacrificed: Victims, way: Way, subtests: pytest.Subtests
) -> None:
    def kill_the_client(project: Project, way: Way, point: int) -> bool:
        return sacrificed.kill_one(task(project, way), point)

    total = round_trips(stations[way.start], way)
    for place, point in enumerate(points(total, way, FAULTS)):
        strike = kill_the_client if (place + way.phase) % 2 else end_the_backend
        with subtests.test(f"{strike.__name__} {point} of {total}"):
            strike_and_recover(stations, way, strike, point, total)


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_in_which_the_server_crashes_goes_on_and_goes_back(
    crashing: Crashing, way: Way, subtests: pytest.Subtests
) -> None:
    def crash_the_server(project: Project, way: Way, point: int) -> bool:
        fault = Fault(point, lambda _pid: crashing.own.crash())
        return task(project, way).run_into(fault, project.phases)

    total = round_trips(crashing.stations[way.start], way)
    for point in points(total, way, CRASHES):
        with subtests.test(f"crash at {point} of {total}"):
            strike_and_recover(crashing.stations, way, crash_the_server, point, total)
