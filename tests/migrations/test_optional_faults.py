"""What test_faults.py says of the core, of each optional phase: nothing that strikes loses a row.

`make test` strikes those that work in batches, or exchange tables, once; `make test-faults` all of
them everywhere.
"""

import os
from collections.abc import Iterator

import pytest

from gnkmigrate.servers import Server
from tests.conftest import MAJOR
from tests.migrations.faulty import Fault, Victims, victims
from tests.migrations.optional import key_given, optional_ways, stations_beside
from tests.migrations.project import Project, Stations
from tests.migrations.striking import (
    end_the_backend,
    killing,
    points,
    round_trips,
    strike_and_recover,
    task,
)
from tests.migrations.ways import END, OPPOSITE, Stop, Way, stopped
from tests.own_server import own_server

FAULTS = os.environ.get("GNKMIGRATE_FAULTS", "1")
CRASHES = os.environ.get("GNKMIGRATE_CRASHES", "")
SHORT = ("partition-earnings", "encryption")
WAYS = [way for way in optional_ways() if FAULTS != "1" or way.above in SHORT]


@pytest.fixture(scope="module")
def beside(server: Server) -> Iterator[Stations]:
    with stations_beside(server) as stations:
        yield stations


@pytest.fixture(scope="module")
def sacrificed() -> Iterator[Victims]:
    with key_given(), victims() as found:
        yield found


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_phase_that_is_cut_at_any_round_trip_goes_on_and_goes_back(
    beside: Stations, sacrificed: Victims, way: Way, subtests: pytest.Subtests
) -> None:
    kill_the_client = killing(sacrificed)
    total = round_trips(beside[way.start], way)
    for place, point in enumerate(points(total, way, FAULTS)):
        strike = kill_the_client if (place + way.phase.number) % 2 else end_the_backend
        with subtests.test(f"{strike.__name__} {point} of {total}"):
            strike_and_recover(beside, way, strike, point, total)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_phase_that_is_stopped_before_any_step_goes_on_and_goes_back(
    beside: Stations, way: Way, subtests: pytest.Subtests
) -> None:
    with beside[way.start].project() as project:
        stop = Stop(*way.steps, END)
        while stopped(project, way, stop):
            pass
        assert project.state == beside[way.end].state
    for step in (*way.steps, END) if FAULTS != "1" else way.steps[-1:]:
        with subtests.test(step), beside[way.start].project() as project:
            if stopped(project, way, Stop(step)):
                project.run(OPPOSITE[way.direction], way.request)
                assert project.state == beside[way.start].state


@pytest.mark.skipif(not CRASHES, reason="make test-faults crashes servers")
def test_phases_in_which_the_server_crashes_go_on_and_go_back(subtests: pytest.Subtests) -> None:
    with own_server(MAJOR) as own, stations_beside(own.server) as stations:

        def crash_the_server(project: Project, way: Way, point: int) -> bool:
            fault = Fault(point, lambda _pid: own.crash())
            return task(project, way).run_into(fault, project.phases)

        for way in WAYS:
            total = round_trips(stations[way.start], way)
            for point in points(total, way, CRASHES):
                with subtests.test(f"{way}: crash at {point} of {total}"):
                    strike_and_recover(stations, way, crash_the_server, point, total)
