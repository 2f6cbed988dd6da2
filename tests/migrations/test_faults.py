"""Connection, client or server end between any two round trips: no row and no name is lost.

GNKMIGRATE_FAULTS says at how many round trips of each phase and direction connections and clients
are struck: a number, or all (make test-faults). GNKMIGRATE_CRASHES says the same of the server.
Which ones is chosen by chance, the same every time.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gnkmigrate.run.phase import Phase
from tests.conftest import MAJOR
from tests.migrations.faulty import Fault, Victims, victims
from tests.migrations.project import Project, Stations, stations_on
from tests.migrations.striking import (
    end_the_backend,
    killing,
    points,
    round_trips,
    strike_and_recover,
    task,
)
from tests.migrations.ways import Way, ways
from tests.own_server import OwnServer, own_server

FAULTS = os.environ.get("GNKMIGRATE_FAULTS", "1")
CRASHES = os.environ.get("GNKMIGRATE_CRASHES", "1")


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


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_that_is_cut_at_any_round_trip_goes_on_and_goes_back(
    stations: Stations, sacrificed: Victims, way: Way, subtests: pytest.Subtests
) -> None:
    kill_the_client = killing(sacrificed)
    total = round_trips(stations[way.start], way)
    for place, point in enumerate(points(total, way, FAULTS)):
        strike = kill_the_client if (place + way.phase.number) % 2 else end_the_backend
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
