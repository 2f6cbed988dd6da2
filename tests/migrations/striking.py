"""What strikes a way of a phase at a round trip, and whether it then goes on and goes back."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.migrations.faulty import Fault, Task, Victims, spare
from tests.migrations.project import STATION_SETTINGS, Project, Station, Stations
from tests.migrations.ways import OPPOSITE, Way

# Runs a way of a phase in a database up to a round trip, where something strikes; and says whether
# it came to that.
Strike = Callable[[Project, Way, int], bool]
# A run that is quicker than the one that was counted looks less often at what it must not disturb.
SPARED = 10


def task(project: Project, way: Way) -> Task:
    settings = dict(STATION_SETTINGS)
    return Task(project.url, way.phase.name, way.direction, settings)


def round_trips(station: Station, way: Way) -> int:
    """How many round trips the undisturbed way makes."""
    fault = Fault(0, spare)
    with station.project() as project:
        task(project, way).run_into(fault, station.phases)
    return fault.passed


def points(total: int, way: Way, wanted: str) -> Sequence[int]:
    """So many round trips, or "all": chosen by chance, the same every time."""
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


def killing(victims: Victims) -> Strike:
    """SIGKILL for the client."""

    def kill_the_client(project: Project, way: Way, point: int) -> bool:
        return victims.kill_one(task(project, way), point)

    return kill_the_client


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
