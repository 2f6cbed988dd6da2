"""Whatever stops a phase, wherever it stops: it can go on from there, and it can go back."""

import pytest

from tests.migrations.project import Stations
from tests.migrations.ways import END, OPPOSITE, Stop, Way, stopped, ways

_MANY = 12


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_that_is_stopped_before_every_step_gets_there_all_the_same(
    stations: Stations, way: Way
) -> None:
    stop = Stop(*way.steps, END)
    with stations[way.start].project() as project:
        while stopped(project, way, stop):
            pass

        assert stop.number >= len(way.steps) / 2
        assert project.state == stations[way.end].state


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_that_is_stopped_anywhere_can_be_turned_back(
    stations: Stations, way: Way, subtests: pytest.Subtests
) -> None:
    # The long ones at every other step; `make test-faults` cuts them at every round trip.
    every = 2 if len(way.steps) > _MANY else 1
    for step in (*way.steps[::every], END):
        with subtests.test(step), stations[way.start].project() as project:
            if stopped(project, way, Stop(step)):
                assert project.states[way.phase.number - 1] in {"failed", "pending"}

                project.run(OPPOSITE[way.direction], way.request)

                assert project.state == stations[way.start].state
