"""A database that has been lived in, and roles that go again."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.migrations.project import ROWS, minegnk_settings
from tests.support import ROOT, execute, execute_file

NewRole = Callable[[], str]


@pytest.fixture(scope="session")
def lived_in_template(server: Server, minegnk_template: str) -> Iterator[str]:
    """MineGNK with rows after its first phase, so with a journal, and odd things beside it."""
    with server.database(template=minegnk_template) as url:
        execute_file(url, ROWS)
        execute_file(url, Path(__file__).with_name("odd.sql"))
        settings = minegnk_settings()
        with connect(url, search_path=settings.schemas) as session:
            phases = load_phases(ROOT / "migrations")
            runner.run(session, phases, "up", Request(phase="tables"), settings)
        yield str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])


@pytest.fixture
def lived_in(server: Server, lived_in_template: str) -> Iterator[DatabaseUrl]:
    """A copy of it."""
    with server.database(template=lived_in_template) as url:
        yield url


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    """A project without anything in its folder."""
    return Settings(root=tmp_path)


@pytest.fixture
def new_role(server: Server) -> Iterator[NewRole]:
    """Makes roles that may log in with the password "secret", and drops them at the end.

    What they own must be gone by then, so a test asks for its roles before its databases.
    """
    with ExitStack() as stack:

        def make() -> str:
            name = f"role_{secrets.token_hex(6)}"
            execute(server.url, f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
            stack.callback(execute, server.url, f"DROP ROLE {name}")
            return name

        yield make


def as_role(url: DatabaseUrl, role: str) -> DatabaseUrl:
    """The same database, for another role."""
    return DatabaseUrl(conninfo.make_conninfo(url.conninfo, user=role, password="secret"))
