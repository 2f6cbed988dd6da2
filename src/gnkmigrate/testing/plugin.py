"""What pytest knows once gnkmigrate is installed: fixtures for a project's own tests.

Nothing is imported or started before a test asks for it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from gnkmigrate.check import CheckResult
    from gnkmigrate.run.phase import Phase
    from gnkmigrate.servers import Server
    from gnkmigrate.settings import Settings
    from gnkmigrate.testing.database import PhaseDatabase
    from gnkmigrate.testing.phase_databases import Stations

MakeDatabase: TypeAlias = "Callable[[str | None], PhaseDatabase]"

_OPTION = "gnkmigrate_config"
_BASELINE = "baseline"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one setting: where the project's settings are."""
    parser.addini(
        _OPTION,
        "gnkmigrate's settings file, relative to the rootdir; else gnkmigrate.toml there or above.",
        default="",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `gnk_phase` runs once for each phase."""
    if "gnk_phase" in metafunc.fixturenames:
        metafunc.parametrize("gnk_phase", _phase_names(metafunc.config), scope="session")
    if "_gnk_level" in metafunc.fixturenames:
        levels = [None, *_phase_names(metafunc.config)]
        metafunc.parametrize(
            "_gnk_level", levels, ids=[level or _BASELINE for level in levels], scope="session"
        )


def _phase_names(config: pytest.Config) -> list[str]:
    """The phases' names; none where they cannot be read, which the test for it says."""
    from gnkmigrate.errors import RevisionError
    from gnkmigrate.run.revision import load_phases

    settings = _load(config)
    try:
        return [phase.name for phase in load_phases(settings.path(settings.migrations))]
    except RevisionError:
        return []


def _load(config: pytest.Config) -> "Settings":
    from gnkmigrate.errors import SettingsError
    from gnkmigrate.settings import load
    from gnkmigrate.settings_file import find_file

    given = str(config.getini(_OPTION))
    try:
        file = config.rootpath / given if given else find_file(config.rootpath)
        if file is not None:
            return load(file)
    except SettingsError as error:
        raise pytest.UsageError("\n".join([error.message, *error.details, error.hint])) from None
    raise pytest.UsageError(
        f"There is no gnkmigrate.toml in {config.rootpath} or above.\n"
        f"Name it in pytest's settings: {_OPTION} = path/to/gnkmigrate.toml"
    )


@pytest.fixture(scope="session")
def gnk_settings(pytestconfig: pytest.Config) -> "Settings":
    """The project's settings."""
    return _load(pytestconfig)


@pytest.fixture(scope="session")
def gnk_phases(gnk_settings: "Settings") -> "tuple[Phase, ...]":
    """The project's phases, in order."""
    from gnkmigrate.run.revision import load_phases

    return load_phases(gnk_settings.path(gnk_settings.migrations))


@pytest.fixture(scope="session")
def gnk_server(gnk_settings: "Settings") -> "Iterator[Server]":
    """A throwaway PostgreSQL server for all tests of this process."""
    from gnkmigrate.servers import throwaway

    with throwaway(gnk_settings.server) as server:
        yield server


@pytest.fixture(scope="session")
def gnk_check(gnk_settings: "Settings", gnk_server: "Server") -> "CheckResult":
    """What `gnkmigrate check` says of the project, run once."""
    from gnkmigrate.check import CheckOptions, check

    return check(gnk_settings, lambda: nullcontext(gnk_server), CheckOptions(), lambda _: None)


@pytest.fixture(scope="session")
def _gnk_stations(
    gnk_settings: "Settings", gnk_server: "Server", gnk_phases: "tuple[Phase, ...]"
) -> "Iterator[Stations]":
    from gnkmigrate.testing.phase_databases import Stations

    with ExitStack() as stack:
        yield Stations(gnk_server, gnk_settings, gnk_phases, stack)


@pytest.fixture
def gnk_make_database(_gnk_stations: "Stations") -> Iterator[MakeDatabase]:
    """Makes databases that have come to a phase, by its name; None is the baseline.

    Each is a copy of a template, with rows, and is dropped after the test.
    """
    from gnkmigrate.testing.database import PhaseDatabase

    with ExitStack() as stack:

        def make(phase: str | None = None) -> PhaseDatabase:
            template = _gnk_stations.template(phase)
            url = stack.enter_context(_gnk_stations.server.database(template=template))
            return PhaseDatabase(phase or "", url.conninfo, _gnk_stations.settings.schemas)

        yield make


@pytest.fixture
def gnk_database(
    gnk_make_database: MakeDatabase, request: pytest.FixtureRequest
) -> "PhaseDatabase":
    """A new database; at the baseline, or where the mark gnk_phase("NAME") says."""
    mark = request.node.get_closest_marker("gnk_phase")
    return gnk_make_database(str(mark.args[0]) if mark else None)


@pytest.fixture
def gnk_upgraded(
    gnk_make_database: MakeDatabase, gnk_phases: "tuple[Phase, ...]"
) -> "PhaseDatabase":
    """A new database with all phases done."""
    return gnk_make_database(gnk_phases[-1].name if gnk_phases else None)


@pytest.fixture
def gnk_each(gnk_make_database: MakeDatabase, _gnk_level: str | None) -> "PhaseDatabase":
    """A new database at the baseline and at each phase, one test for each."""
    return gnk_make_database(_gnk_level)


def pytest_configure(config: pytest.Config) -> None:
    """The mark that gnk_database looks for."""
    config.addinivalue_line("markers", "gnk_phase(name): the phase that gnk_database is at")
