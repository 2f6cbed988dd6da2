"""Clocks that jump, the server's and ours: nothing is decided by the time of day."""

import itertools
import time

import pytest

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run.phase import Phase
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project, Stations
from tests.migrations.ways import Stop, Stopped
from tests.run.test_executor import holding

# As if the server's clock had stood somewhere else at every entry, by a century.
JUMPS = """
UPDATE gnkmigrate.run SET started_at = now() + {jump}, finished_at = finished_at + {jump};
UPDATE gnkmigrate.step SET started_at = now() + {jump}, finished_at = finished_at + {jump};
""".format(jump="(random() - 0.5) * interval '100 years'")


def stopped_and_jumped(project: Project, phase: Phase, direction: str) -> None:
    """A way of a phase that is stopped in its middle, and whose clock jumps while it stands."""
    steps = phase.up_steps if direction == "up" else phase.down_steps
    changing = [step.name for step in steps if step.changes]
    run = project.up if direction == "up" else project.down
    with pytest.raises(Stopped):
        run(Stop(changing[len(changing) // 2]), phase=phase.name)
    project.execute(JUMPS)
    run(phase=phase.name)
    project.execute(JUMPS)


def test_the_journal_is_not_read_by_its_times(stations: Stations) -> None:
    with stations[0].project() as project:
        for phase in project.phases:
            stopped_and_jumped(project, phase, "up")
        assert project.state == stations[6].state

        for phase in reversed(project.phases):
            stopped_and_jumped(project, phase, "down")
        assert project.state == stations[0].state


def test_a_clock_that_jumps_ends_no_deadline(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = itertools.cycle((0.0, 4e9, 1e9))
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    limits = LimitSettings(lock_timeout_ms=100, lock_deadline_s=1)
    impatient = project.with_settings(limits=limits)
    started = time.monotonic()

    with holding(project, "LOCK TABLE users"), pytest.raises(PhaseFailed, match="no lock within"):
        impatient.up()

    assert 0.5 < time.monotonic() - started < 10
    project.up()
    assert project.states == ("done",) * 6
