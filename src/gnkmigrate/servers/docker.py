"""A PostgreSQL server in a container, through testcontainers (the extra "docker")."""

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from psycopg import conninfo

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers.server import Server

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

PORT = 5432
START_TIMEOUT_S = 60
# Nothing is meant to survive the server, so it does not wait for the disk.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"

_SHOWN = 5
# What the operating system says where nobody answers at an address.
_SILENCE = (ConnectionError, FileNotFoundError, TimeoutError, socket.gaierror)


@contextmanager
def docker(major: int) -> Iterator[Server]:
    """A new server of a major version in a container that is removed at the end.

    testcontainers starts a companion that removes the container when this process is killed.

    Args:
        major: the tag of the image postgres.

    Raises:
        ServerUnavailable: testcontainers is not installed, Docker does not answer or may not be
            used, the image cannot be pulled, or its server does not start.
    """
    try:
        from testcontainers.core.container import DockerContainer
        from testcontainers.core.exceptions import ContainerStartException

        engine_error = import_module("docker.errors").DockerException  # it has no type hints
    except ModuleNotFoundError as error:
        raise ServerUnavailable(
            f"The Python package {error.name} is not installed.",
            hint="Install gnkmigrate[docker].",
        ) from None
    image, password = f"postgres:{major}", secrets.token_urlsafe(24)
    with ExitStack() as stack:
        try:
            container = (
                DockerContainer(image, ports=[PORT])
                .with_env("POSTGRES_PASSWORD", password)
                .with_command(OPTIONS)
            )
            stack.callback(container.stop)
            container.start()
            host, port = container.get_container_host_ip(), container.get_exposed_port(PORT)
        except (engine_error, ContainerStartException, OSError) as error:
            raise _refusal(image, error) from None
        url = DatabaseUrl(
            conninfo.make_conninfo(
                host=host, port=port, user="postgres", password=password, dbname="postgres"
            )
        )
        yield Server(url, _version(url, image, container), "docker", binaries=None)


def _version(url: DatabaseUrl, image: str, container: "DockerContainer") -> int:
    """The server's version, once it answers: it restarts once while the image sets itself up."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            with connect(url) as connection:
                return connection.info.server_version
        except ConnectionFailed as error:
            if container.get_wrapped_container().status == "exited":
                raise _broken(image, container) from None
            if time.monotonic() > deadline:
                raise ServerUnavailable(
                    f"The server in the container of {image} does not answer within "
                    f"{START_TIMEOUT_S} s: {error.message}",
                    hint="Is the engine on another machine? Name it in TESTCONTAINERS_HOST_OVERRIDE"
                    " then, and let its ports through.",
                ) from None
            time.sleep(0.2)
            container.get_wrapped_container().reload()


def _broken(image: str, container: "DockerContainer") -> ServerUnavailable:
    output = b"\n".join(container.get_logs()).decode(errors="replace")
    return ServerUnavailable(
        f"The container of {image} ended before its server was ready.",
        details=output.strip().splitlines()[-_SHOWN:],
        hint=f"See whether the image works: docker run --rm -e POSTGRES_PASSWORD=secret {image}",
    )


def _refusal(image: str, error: Exception) -> ServerUnavailable:
    """What an error of Docker's client means to its user; the cause is deep inside it."""
    causes = list(_causes(error))
    reason = str(getattr(error, "explanation", None) or error)
    missing = [str(each) for each in causes if type(each).__name__ in {"ImageNotFound", "NotFound"}]
    if any(isinstance(each, PermissionError) for each in causes):
        return ServerUnavailable(
            f"This user may not talk to the Docker engine at {_engine()}.",
            hint="Add the user to the group docker and log in anew, or use a rootless engine: "
            "docker ps shows whether it works.",
        )
    if any("testcontainers/ryuk" in text for text in missing):
        return ServerUnavailable(
            "Docker cannot pull the image of testcontainers' companion, which removes containers "
            f"when gnkmigrate is killed: {reason}",
            hint="Set TESTCONTAINERS_RYUK_DISABLED=true to do without it.",
        )
    if missing:
        return ServerUnavailable(
            f"Docker cannot pull the image {image}: {reason}",
            hint=f"Try it by hand: docker pull {image}. Where the registry cannot be reached, load "
            "the image from a file, or name a mirror in TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX.",
        )
    if any(isinstance(each, _SILENCE) for each in causes):
        return ServerUnavailable(
            f"No Docker engine answers at {_engine()}.",
            details=[str(causes[-1])],
            hint="Start it (systemctl start docker, or Docker Desktop), or say where it is in "
            "DOCKER_HOST: docker ps shows whether it works.",
        )
    return ServerUnavailable(
        f"Docker does not start {image}: {reason}",
        hint=f"Try it by hand: docker run --rm -e POSTGRES_PASSWORD=secret {image}",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _engine() -> str:
    return os.environ.get("DOCKER_HOST") or "/var/run/docker.sock"
