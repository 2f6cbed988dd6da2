"""A server in a container."""

import shutil
import subprocess

import pytest
from psycopg import conninfo

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.errors import ConnectionFailed
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings
from tests.conftest import MAJOR
from tests.support import rows


@pytest.fixture
def engine() -> None:
    """Skips the test where no Docker engine answers."""
    command = shutil.which("docker")
    if (
        not command
        or subprocess.run([command, "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Docker engine answers")


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
def test_it_is_of_the_version_that_was_asked_for_and_keeps_others_out() -> None:
    with throwaway(ServerSettings(provider="docker"), MAJOR) as server:
        assert (server.major, server.provider) == (MAJOR, "docker")
        with server.database() as url:
            assert rows(url, "SELECT 1") == [(1,)]
        wrong = DatabaseUrl(conninfo.make_conninfo(server.url.conninfo, password="wrong"))
        with pytest.raises(ConnectionFailed, match="was not accepted"):
            connect(wrong)
    with pytest.raises(ConnectionFailed):
        connect(server.url)
