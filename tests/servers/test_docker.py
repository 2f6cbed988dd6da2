"""A server in a container, and what is said where there is none to be had."""

import gc
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest
from psycopg import conninfo
from testcontainers.core.config import testcontainers_config

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import throwaway
from gnkmigrate.servers.docker import docker
from gnkmigrate.settings import ServerSettings
from tests.conftest import MAJOR
from tests.support import rows

NOBODY = 65534


@pytest.fixture
def engine() -> None:
    """Skips the test where no Docker engine answers."""
    command = shutil.which("docker")
    if (
        not command
        or subprocess.run([command, "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Docker engine answers")


def containers(major: int) -> list[str]:
    """The containers of an image, running or not."""
    command = ["docker", "ps", "--all", "--quiet", f"--filter=ancestor=postgres:{major}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
class TestWithAnEngine:
    def test_it_is_of_the_version_that_was_asked_for_and_keeps_others_out(self) -> None:
        with throwaway(ServerSettings(provider="docker"), MAJOR) as server:
            assert (server.major, server.provider) == (MAJOR, "docker")
            with server.database() as url:
                assert rows(url, "SELECT 1") == [(1,)]
            wrong = DatabaseUrl(conninfo.make_conninfo(server.url.conninfo, password="wrong"))
            with pytest.raises(ConnectionFailed, match="was not accepted"):
                connect(wrong)
        with pytest.raises(ConnectionFailed):
            connect(server.url)

    def test_an_image_that_cannot_be_pulled(self) -> None:
        with pytest.raises(ServerUnavailable, match="cannot pull the image postgres:99") as failure:
            docker(99).__enter__()
        assert "docker pull postgres:99" in failure.value.hint

    def test_a_companion_that_cannot_be_pulled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(testcontainers_config, "ryuk_disabled", False)
        monkeypatch.setattr(testcontainers_config, "ryuk_image", "testcontainers/ryuk:nowhere")
        with pytest.raises(ServerUnavailable, match="testcontainers' companion") as failure:
            docker(MAJOR).__enter__()
        assert "TESTCONTAINERS_RYUK_DISABLED=true" in failure.value.hint

    def test_a_server_that_does_not_start_is_quoted_and_removed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gnkmigrate.servers.docker.OPTIONS", "-c nonsense=on")
        with pytest.raises(ServerUnavailable, match=f"postgres:{MAJOR} ended before") as failure:
            docker(MAJOR).__enter__()
        assert any("nonsense" in line for line in failure.value.details)
        gone = [each for each in containers(MAJOR) if "nonsense" in _command(each)]
        assert gone == []


def _command(container: str) -> str:
    inspect = ["docker", "inspect", "--format={{.Args}}", container]
    return subprocess.run(inspect, check=False, capture_output=True, text=True).stdout


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user enters, with a short path for a socket."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
    gc.collect()  # the Docker client leaves its socket open when nobody answers


@contextmanager
def _nobody() -> Iterator[None]:
    """This process without root's privileges, which no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)
class TestWithoutAnEngine:
    def test_one_that_this_user_may_not_talk_to(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = place / "docker.sock"
        monkeypatch.setenv("DOCKER_HOST", f"unix://{address}")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(address))
            listening.listen()
            address.chmod(0)
            with (
                _nobody(),
                pytest.raises(ServerUnavailable, match="may not talk to the Docker engine") as no,
            ):
                docker(MAJOR).__enter__()
        assert "group docker" in no.value.hint

    @pytest.mark.parametrize("address", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1"])
    def test_one_that_does_not_run(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOCKER_HOST", address)
        with pytest.raises(ServerUnavailable, match=f"No Docker engine answers at {address}") as no:
            docker(MAJOR).__enter__()
        gc.collect()
        assert "DOCKER_HOST" in no.value.hint
        assert "docker ps" in no.value.hint

    def test_an_address_that_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOCKER_HOST", "somewhere")
        with pytest.raises(ServerUnavailable, match="port is required: somewhere"):
            docker(MAJOR).__enter__()
