"""The connection or the client ends between any two round trips: no row and no name is lost.

GNKMIGRATE_FAULTS says at how many round trips of each phase and direction it strikes: a number,
or all (make test-faults). Which ones is chosen by chance, the same every time.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence

import pytest

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.errors import ConnectionLost
from tests.migrations.faulty import Fault, run_into, spare
from tests.migrations.project import STATION_SETTINGS, Project, Station
from tests.migrations.test_interruption import OPPOSITE, Way, ways
from tests.support import ROOT

CHOSEN = os.environ.get("GNKMIGRATE_FAULTS", "1")


def round_trips(station: Station, way: Way) -> int:
    """How many round trips the undisturbed way makes."""
    fault = Fault(0, spare)
    with station.project(limits=way.limits) as project:
        run_into(project.url, fault, str(way.phase), way.direction, **settings_of(way))
    return fault.passed


def settings_of(way: Way) -> dict[str, object]:
    return {**STATION_SETTINGS, "limits": way.limits}


def points(total: int, way: Way) -> Sequence[int]:
    everywhere = range(1, total + 1)
    if CHOSEN == "all":
        return everywhere
    return sorted(random.Random(str(way)).sample(everywhere, min(total, int(CHOSEN))))  # noqa: S311 - a fixed choice


def end_the_backend(project: Project, way: Way, point: int) -> None:
    """pg_terminate_backend, as a restart of the server or a nervous DBA does."""

    def strike(pid: int) -> None:
        with connect(project.url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    with pytest.raises(ConnectionLost):
        run_into(
            project.url, Fault(point, strike), str(way.phase), way.direction, **settings_of(way)
        )


def kill_the_client(project: Project, way: Way, point: int) -> None:
    """SIGKILL of the process that runs the phase."""
    task = {
        "point": point,
        "phase": str(way.phase),
        "direction": way.direction,
        "settings": settings_of(way),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.migrations.faulty", json.dumps(task)],
        env={**os.environ, "DATABASE_URL": project.url.conninfo},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def wait_until_alone(url: DatabaseUrl) -> None:
    """A killed client's backend may still be busy with its last statement."""
    with connect(url) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_a_phase_that_is_cut_at_any_round_trip_goes_on_and_goes_back(
    stations: tuple[Station, ...], way: Way, subtests: pytest.Subtests
) -> None:
    total = round_trips(stations[way.start], way)

    for place, point in enumerate(points(total, way)):
        strike = kill_the_client if (place + way.phase) % 2 else end_the_backend
        with (
            subtests.test(f"{strike.__name__} {point} of {total}"),
            stations[way.start].project(limits=way.limits) as project,
        ):
            strike(project, way, point)
            wait_until_alone(project.url)

            project.run(way.direction, way.request)
            assert project.state == stations[way.end].state

            project.run(OPPOSITE[way.direction], way.request)
            assert project.state == stations[way.start].state

        with (
            subtests.test(f"{strike.__name__} {point} of {total}, turned back"),
            stations[way.start].project(limits=way.limits) as project,
        ):
            strike(project, way, point)
            wait_until_alone(project.url)

            project.run(OPPOSITE[way.direction], way.request)
            assert project.state == stations[way.start].state
