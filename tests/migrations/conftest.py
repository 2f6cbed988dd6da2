"""MineGNK's phases, databases to run them on, and the schema to expect after each."""

from collections.abc import Iterator

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from tests.migrations.project import Home, Project, Stations, minegnk_settings, stations_on
from tests.support import ROOT, pg_dump


@pytest.fixture(scope="session")
def phases() -> tuple[Phase, ...]:
    return load_phases(ROOT / "migrations")


@pytest.fixture
def project(server: Server, minegnk: DatabaseUrl, phases: tuple[Phase, ...]) -> Project:
    """MineGNK as the report found it, without rows."""
    return Project(minegnk, server, phases, minegnk_settings())


@pytest.fixture(scope="session")
def home(
    server: Server, minegnk_template: str, minegnk_target_template: str, phases: tuple[Phase, ...]
) -> Home:
    """For tests that need many databases, one for each example."""
    with server.database(template=minegnk_target_template) as url:
        target = pg_dump(url, server)
    with server.database(template=minegnk_template) as url:
        empty = Project(url, server, phases, minegnk_settings())
        levels = []
        for level in range(len(phases) + 1):
            empty.go_to(level)
            levels.append(empty.dump)
    return Home(server, minegnk_template, phases, target, tuple(levels))


@pytest.fixture(scope="session")
def stations(server: Server, phases: tuple[Phase, ...]) -> Iterator[Stations]:
    """Databases with rows at each level, to be copied."""
    with stations_on(server, phases) as found:
        yield found
