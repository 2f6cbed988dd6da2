"""Which server it will be, and what is said when there is none."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from psycopg import conninfo
from pydantic import SecretStr

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings

ignore_open_sockets = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def nothing_to_fetch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty cache, no package index and no Docker engine."""
    cache = Path(mkdtemp())  # tmp_path is closed to the user that root's servers run as
    cache.chmod(0o755)
    monkeypatch.setenv("GNKMIGRATE_CACHE_DIR", str(cache))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    yield
    shutil.rmtree(cache)
    gc.collect()  # the Docker client leaves its socket open when nobody answers


def test_a_server_that_the_user_names_comes_first(server: Server) -> None:
    given = ServerSettings(url=SecretStr(server.url.conninfo))
    with throwaway(given) as chosen:
        assert chosen.provider == "url"


def test_one_that_does_not_answer_is_passed_over(server: Server, tmp_path: Path) -> None:
    silent = conninfo.make_conninfo(server.url.conninfo, host=str(tmp_path))
    with throwaway(ServerSettings(url=SecretStr(silent)), server.major) as chosen:
        assert chosen.provider == "embedded"


def test_the_version_of_the_settings_wins() -> None:
    with throwaway(ServerSettings(provider="embedded", major=16), 99) as server:
        assert server.major == 16


@pytest.mark.usefixtures("nothing_to_fetch")
@ignore_open_sockets
def test_without_any_server_the_error_names_three_ways_out() -> None:
    with pytest.raises(ServerUnavailable, match="no throwaway PostgreSQL 16") as failure:
        throwaway(ServerSettings()).__enter__()
    url, embedded, docker = failure.value.details
    assert url.startswith("url: no server is named")
    assert embedded.startswith("embedded: PostgreSQL 16.15.0 is not in the cache and could not")
    assert docker.startswith("docker: ")
    assert all(way in failure.value.hint for way in ("GNKMIGRATE_SERVER__URL", "network", "Docker"))


@pytest.mark.usefixtures("nothing_to_fetch")
@ignore_open_sockets
def test_an_engine_that_does_not_run_is_told() -> None:
    with pytest.raises(ServerUnavailable, match="No Docker engine answers at unix") as failure:
        throwaway(ServerSettings(provider="docker")).__enter__()
    assert "docker ps" in failure.value.hint


def test_no_server_named() -> None:
    with pytest.raises(ServerUnavailable, match="no server is named"):
        throwaway(ServerSettings(provider="url")).__enter__()


def test_passwords_of_a_server_are_not_shown(server: Server) -> None:
    password = str(conninfo.conninfo_to_dict(server.url.conninfo)["password"])
    assert password not in repr(server)
    assert password not in str(DatabaseUrl(server.url.conninfo))
