"""A small project for tests of the machinery, which knows nothing of MineGNK."""

from pathlib import Path

import pytest

from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.phases.small import Small


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    return Small(tmp_path / "migrations", database, server)
