"""MineGNK's project, and one that is nobody's, beside a backend of either TypeORM."""

from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.cli.conftest import gnkmigrate
from tests.orm.typeorm.support import FOLDERS, HERE, Backend
from tests.support import ROOT, execute_file

__all__ = ["gnkmigrate"]


@pytest.fixture(params=FOLDERS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """A team's folder, once with each version of TypeORM."""
    return Backend.at(tmp_path / "backend", request.param)


@pytest.fixture
def any_backend(tmp_path: Path) -> Backend:
    """A team's folder, for what does not depend on the version."""
    return Backend.at(tmp_path / "backend", "1")


@pytest.fixture(scope="session")
def minegnk_settings(server: Server) -> Settings:
    return load(ROOT / "gnkmigrate.toml", {"server": {"url": server.url.conninfo}})


@pytest.fixture(scope="session")
def shop_settings(server: Server) -> Settings:
    given = {"url": server.url.conninfo}
    return Settings.model_validate({"schemas": ["public", "shop", "Odd Schema"], "server": given})


@pytest.fixture
def shop(database: DatabaseUrl) -> DatabaseUrl:
    """A database with the schema of shop.sql."""
    execute_file(database, HERE / "shop.sql")
    return database
