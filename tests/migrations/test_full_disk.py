"""The server's disk fills up anywhere in a phase: a clean stop, and on when there is room."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from gnkmigrate.errors import ConnectionFailed, GnkMigrateError, PhaseFailed
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request
from tests.conftest import MAJOR
from tests.migrations.project import (
    STATION_SETTINGS,
    Project,
    Stations,
    minegnk_settings,
    stations_on,
)
from tests.own_server import Ballast, OwnServer, ballast_in, own_server, small_file_system
from tests.support import execute

MEGABYTES = 64
# Bytes, again and again. What was rolled back takes room as well, until a vacuum, and more of it
# where a whole phase is.
A_LITTLE = {False: 40 * 1024, True: 300 * 1024}
# The first one who connects writes a copy of PostgreSQL's caches, and leaves a part of it behind
# where there is no room; the journal's tables are made in one transaction.
TO_BEGIN = 256 * 1024


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    with own_server(MAJOR) as found:
        yield found


@pytest.fixture(scope="module")
def disk(own: OwnServer) -> Iterator[Path]:
    """A tablespace with little room."""
    with small_file_system(own.folder, own.account, MEGABYTES) as place:
        execute(own.url, f"CREATE TABLESPACE small LOCATION '{place}'")
        yield place


@pytest.fixture(scope="module")
def own_stations(own: OwnServer, phases: tuple[Phase, ...]) -> Iterator[Stations]:
    with stations_on(own.server, phases) as found:
        yield found


@pytest.fixture
def ballast(disk: Path) -> Iterator[Ballast]:
    with ballast_in(disk) as found:
        yield found


@pytest.fixture
def project(own: OwnServer, own_stations: Stations, disk: Path) -> Iterator[Project]:
    """The database of the first station, all of it on that disk."""
    assert disk.is_mount()
    name = f"small_{secrets.token_hex(4)}"
    template = own_stations[0].template
    execute(own.url, f"CREATE DATABASE {name} TEMPLATE {template} TABLESPACE small")
    url = own.url.with_database(name)
    settings = minegnk_settings(**STATION_SETTINGS)
    yield Project(url, own.server, own_stations[0].phases, settings)
    own.server.drop_database(url)


def places_where_it_stopped(
    project: Project, direction: Direction, ballast: Ballast, disk: Path, *, atomic: bool
) -> set[str]:
    """Runs all phases with no room at first and ever a little more, to their end."""
    stopped = set[str]()
    ballast.take_all()
    while (failure := outcome(project, direction, atomic=atomic)) is not None:
        if isinstance(failure, PhaseFailed):
            assert "could not extend file" in failure.message
            assert f"Make room on the disk of the tablespace small, {disk}." in failure.hint
            stopped.add(failure.message.split(":")[0])
        else:
            assert "has no room left on its disk" in failure.message
        in_a_step = failure.message.startswith("Phase ")
        ballast.give_back(A_LITTLE[atomic] if in_a_step else TO_BEGIN)
    ballast.give_back(MEGABYTES << 20)
    return stopped


def outcome(project: Project, direction: Direction, *, atomic: bool) -> GnkMigrateError | None:
    try:
        project.run(direction, Request(atomic=atomic))
    except (PhaseFailed, ConnectionFailed) as failure:
        return failure
    return None


@pytest.mark.parametrize("atomic", [False, True], ids=["steps", "atomic"])
def test_wherever_the_disk_fills_up_the_phases_go_on_when_there_is_room(
    project: Project, own_stations: Stations, ballast: Ballast, disk: Path, atomic: bool
) -> None:
    stopped = places_where_it_stopped(project, "up", ballast, disk, atomic=atomic)
    assert len(stopped) > 3
    assert project.state == own_stations[6].state

    # It moves no row, so that it may need no room.
    places_where_it_stopped(project, "down", ballast, disk, atomic=atomic)
    assert project.state == own_stations[0].state
