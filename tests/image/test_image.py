"""The image: built, looked at, and an audit run with it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gnkmigrate import __version__
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.settings import ServerSettings
from tests.support import ROOT, execute_file

BASE = "python:3.13-slim-bookworm"
# A Debian 12 image, for machines that reach no registry of images but Debian's packages.
DEBIAN = os.environ.get("GNKMIGRATE_TEST_DEBIAN")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
IMAGE = "gnkmigrate:test"
MEGABYTE = 1_000_000
MAJOR = 16

pytestmark = pytest.mark.docker


def docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [shutil.which("docker") or "docker", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def done(*arguments: str) -> str:
    """What a command of docker says that has to succeed."""
    ran = docker(*arguments)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


def built(tag: str, folder: Path, **arguments: str) -> str:
    given = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    done("build", "--network=host", f"--tag={tag}", *given, str(folder))
    return tag


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the image is built on."""
    if not os.environ.get("GNKMIGRATE_TEST_IMAGE"):
        pytest.skip("make test-image builds it")
    if not shutil.which("docker") or docker("info").returncode:
        pytest.skip("no Docker engine answers")
    if not docker("image", "inspect", BASE).returncode or not docker("pull", BASE).returncode:
        return BASE
    if not DEBIAN or docker("image", "inspect", DEBIAN).returncode:
        pytest.skip(f"{BASE} cannot be pulled, and GNKMIGRATE_TEST_DEBIAN names no image instead")
    folder = tmp_path_factory.mktemp("base")
    shutil.copy(Path(__file__).with_name("Dockerfile"), folder)
    shutil.copy(CERTIFICATES, folder)
    return built("gnkmigrate-base:test", folder, DEBIAN=DEBIAN)


@pytest.fixture(scope="module")
def image(base: str) -> str:
    return built(IMAGE, ROOT, BASE=base)


@pytest.fixture(scope="module")
def contained() -> Iterator[Server]:
    """A server that a container reaches."""
    with throwaway(ServerSettings(provider="docker"), MAJOR) as server:
        yield server


@pytest.fixture
def shop(contained: Server, tmp_path: Path) -> Iterator[tuple[Path, DatabaseUrl]]:
    """A project that anybody may read, and its database."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "prices", folder)
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    with contained.database() as url:
        execute_file(url, folder / "schema" / "baseline.sql")
        yield folder, url


def ran(
    image: str, shop: tuple[Path, DatabaseUrl], arguments: Sequence[str]
) -> "subprocess.CompletedProcess[str]":
    """A command of the image, in a project and on its database, as the documentation says."""
    folder, url = shop
    project = (f"--volume={folder}:/project:ro", f"--env=DATABASE_URL={url.conninfo}")
    return docker("run", "--rm", "--network=host", *project, image, *arguments)


def shell(image: str, script: str) -> str:
    return done("run", "--rm", "--network=none", "--entrypoint=sh", image, "-c", script)


def test_it_is_small_and_not_root(image: str, base: str) -> None:
    assert shell(image, "id --user").strip() == "10001"
    assert shell(image, "gnkmigrate --version").strip() == f"gnkmigrate {__version__}"
    own, below = (
        int(done("image", "inspect", "--format={{.Size}}", each)) for each in (image, base)
    )
    assert own - below < 400 * MEGABYTE


def test_it_has_the_programs_of_every_version_without_a_network(image: str) -> None:
    script = 'for bin in "$GNKMIGRATE_CACHE_DIR"/*/bin; do for each in pg_dump pg_restore psql; do '
    said = shell(image, script + '"$bin"/$each --version; done; done').splitlines()
    programs = ("pg_dump", "pg_restore", "psql")
    wanted = [
        f"{program} (PostgreSQL) {version.removesuffix('.0')}"
        for version in VERSIONS.values()
        for program in programs
    ]
    assert said == wanted


def test_an_audit(image: str, shop: tuple[Path, DatabaseUrl]) -> None:
    """The target is loaded into a throwaway server in the container."""
    audited = ran(image, shop, ["audit", "--fail-on", "low", "--format", "markdown"])
    assert audited.returncode == 1, audited.stderr
    assert "2 gaps separate the database from the target" in audited.stdout


def test_an_audit_without_any_project(image: str, shop: tuple[Path, DatabaseUrl]) -> None:
    """The checks alone, in two commands from nothing: build it, and this."""
    environment = f"--env=DATABASE_URL={shop[1].conninfo}"
    audited = docker("run", "--rm", "--network=host", environment, image, "audit")
    assert audited.returncode == 0, audited.stderr
    assert "no target" in audited.stdout.lower(), audited.stdout


def test_the_whole_way(image: str, shop: tuple[Path, DatabaseUrl]) -> None:
    for command in (["check"], ["upgrade", "--yes"], ["status", "--check"], ["verify"]):
        ended = ran(image, shop, command)
        assert ended.returncode == 0, ended.stdout + ended.stderr
