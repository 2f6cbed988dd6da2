"""The fixtures: a server for the session, and databases that cost a copy of a template.

GNKMIGRATE_TEST_SERVER says which server: embedded (default), docker, or url with
GNKMIGRATE_TEST_URL. GNKMIGRATE_TEST_MAJOR says which PostgreSQL (default 16).
HYPOTHESIS_PROFILE=ci makes generated examples the same every time.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.settings import ServerSettings
from tests.small import Small
from tests.support import BASELINE, TARGET, execute_file

PROVIDER = os.environ.get("GNKMIGRATE_TEST_SERVER", "embedded")
MAJOR = int(os.environ.get("GNKMIGRATE_TEST_MAJOR", "16"))

# A job in the background is told to ignore these, and so would every process be that a test starts
# and interrupts.
for number, handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

# Examples share a function's fixtures on purpose (each makes its own rows), and a database's
# answer takes the time that it takes.
settings.register_profile(
    "default",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile(
    "ci", parent=settings.get_profile("default"), derandomize=True, print_blob=True
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
)


def pytest_report_header() -> str:
    """Names the server without starting it."""
    if PROVIDER == "url":
        url = DatabaseUrl.parse(os.environ["GNKMIGRATE_TEST_URL"])
        return f"PostgreSQL: the server at {url}"
    version = VERSIONS.get(MAJOR, MAJOR) if PROVIDER == "embedded" else MAJOR
    return f"PostgreSQL: {version}, {PROVIDER}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for all tests of this process."""
    given = {"provider": PROVIDER, "url": os.environ.get("GNKMIGRATE_TEST_URL")}
    with throwaway(ServerSettings.model_validate(given), MAJOR) as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[DatabaseUrl]:
    """A new, empty database."""
    with server.database() as url:
        yield url


def _template(server: Server, schema: Path) -> Iterator[str]:
    with server.database() as url:
        execute_file(url, schema)
        yield str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])


@pytest.fixture(scope="session")
def minegnk_template(server: Server) -> Iterator[str]:
    """The name of a database with the schema that MineGNK's report found; never connect to it."""
    yield from _template(server, BASELINE)


@pytest.fixture(scope="session")
def minegnk_target_template(server: Server) -> Iterator[str]:
    """The name of a database with MineGNK's target schema; never connect to it."""
    yield from _template(server, TARGET)


@pytest.fixture
def minegnk(server: Server, minegnk_template: str) -> Iterator[DatabaseUrl]:
    """A new database with the schema that MineGNK's report found, without rows."""
    with server.database(template=minegnk_template) as url:
        yield url


@pytest.fixture
def minegnk_target(server: Server, minegnk_target_template: str) -> Iterator[DatabaseUrl]:
    """A new database with MineGNK's target schema, without rows."""
    with server.database(template=minegnk_target_template) as url:
        yield url


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    """A small project for tests of the machinery, which knows nothing of MineGNK."""
    return Small(tmp_path / "migrations", database, server)
