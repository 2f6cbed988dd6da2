"""Ways of phases between stations, and runs that are stopped before chosen steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gnkmigrate.run import events
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from tests.migrations.project import Place, Project
from tests.support import ROOT

OPPOSITE: dict[Direction, Direction] = {"up": "down", "down": "up"}
END = "the end"


class Stopped(Exception):
    """What a test raises in the middle of a run."""


@dataclass(frozen=True)
class Way:
    """One direction of one phase, between the stations below and above it."""

    phase: Phase = field(repr=False)
    direction: Direction
    below: Place
    above: Place

    def __str__(self) -> str:
        return f"{self.above}-{self.direction}"

    @property
    def start(self) -> Place:
        """The station from which it sets out."""
        return self.below if self.direction == "up" else self.above

    @property
    def end(self) -> Place:
        return self.above if self.direction == "up" else self.below

    @property
    def request(self) -> Request:
        return Request(phase=self.phase.name)

    @property
    def steps(self) -> tuple[str, ...]:
        steps = self.phase.up_steps if self.direction == "up" else self.phase.down_steps
        return tuple(step.name for step in steps if step.changes)


def ways() -> Iterator[Way]:
    """Both of each phase of the core, whose stations are its levels."""
    for phase in load_phases(ROOT / "migrations"):
        yield Way(phase, "up", phase.number - 1, phase.number)
        yield Way(phase, "down", phase.number - 1, phase.number)


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
