"""What the tests of spans share: a small project, and a place in memory for its spans."""

from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.observe.recording import Recorded
from tests.small import Small


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    return Small(tmp_path / "migrations", database, server)


@pytest.fixture
def recorded(small: Small) -> Recorded:
    return Recorded(small)
