"""The fixtures: a project on the server of all tests, and two roles of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.proof.support import Project
from tests.support import execute

ROLES = ("clerk", "keeper")


@pytest.fixture
def project(tmp_path: Path, database: DatabaseUrl, server: Server) -> Project:
    there = ServerSettings.model_validate({"provider": "url", "url": server.url.conninfo})
    settings = Settings(root=tmp_path, target=Path("target.sql"), server=there)
    return Project(database, settings)


@pytest.fixture
def roles(server: Server, project: Project) -> Iterator[None]:
    """Roles clerk and keeper, gone again before the next test."""
    for role in ROLES:
        execute(server.url, f"CREATE ROLE {role}")
    yield
    for role in ROLES:
        execute(project.url, f"DROP OWNED BY {role}")
        execute(server.url, f"DROP OWNED BY {role}; DROP ROLE {role}")
