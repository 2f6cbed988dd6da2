"""Whatever stops a phase, wherever it stops: it can go on from there, and it can go back."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gnkmigrate.run import events
from gnkmigrate.run.events import Direction
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from tests.migrations.project import Project, Stations
from tests.support import ROOT

OPPOSITE: dict[Direction, Direction] = {"up": "down", "down": "up"}
END = "the end"
_MANY = 12


class Stopped(Exception):
    """What a test raises in the middle of a run."""


@dataclass(frozen=True)
class Way:
    """One direction of one phase."""

    phase: int
    direction: Direction

    def __str__(self) -> str:
        return f"{self.phase}-{self.direction}"

    @property
    def start(self) -> int:
        """The level from which it sets out."""
        return self.phase - 1 if self.direction == "up" else self.phase

    @property
    def end(self) -> int:
        return self.phase if self.direction == "up" else self.phase - 1

    @property
    def request(self) -> Request:
        return Request(phase=str(self.phase))

    @property
    def steps(self) -> tuple[str, ...]:
        phase = load_phases(ROOT / "migrations")[self.phase - 1]
        steps = phase.up_steps if self.direction == "up" else phase.down_steps
        return tuple(step.name for step in steps if step.changes)


def ways() -> Iterator[Way]:
    for phase in load_phases(ROOT / "migrations"):
        yield Way(phase.number, "up")
        yield Way(phase.number, "down")


class Stop:
    """Stops a run before the steps named, before each of them once, or at the very end."""

    def __init__(self, *names: str) -> None:
        self.left = list(names)
        self.number = 0
        self._open = 0

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.PhaseStarted():
                self._open = event.steps - event.done
            case events.StepStarted() if event.step in self.left:
                self._stop(event.step)
            case events.StepFinished():
                self._open -= 1
                if self._open == 0 and END in self.left:
                    self._stop(END)

    def _stop(self, name: str) -> None:
        self.left.remove(name)
        self.number += 1
        raise Stopped(name)


def stopped(project: Project, way: Way, stop: Stop) -> bool:
    """Whether a run was stopped; one whose step was not needed is not."""
    try:
        project.run(way.direction, way.request, stop)
    except Stopped:
        return True
    return False


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
                assert project.states[way.phase - 1] in {"failed", "pending"}

                project.run(OPPOSITE[way.direction], way.request)

                assert project.state == stations[way.start].state
