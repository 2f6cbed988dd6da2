"""A PostgreSQL server in a container, through testcontainers (the extra "docker")."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

from psycopg import conninfo

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.servers.server import Server

PORT = 5432
START_TIMEOUT_S = 60


@contextmanager
def docker(major: int) -> Iterator[Server]:
    """A new server of a major version in a container that is removed at the end.

    testcontainers starts a companion that removes the container when this process is killed.

    Args:
        major: the tag of the image postgres.

    Raises:
        ServerUnavailable: testcontainers is not installed, or Docker does not start the image.
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
    password = secrets.token_urlsafe(24)
    with ExitStack() as stack:
        try:
            container = (
                DockerContainer(f"postgres:{major}", ports=[PORT])
                .with_env("POSTGRES_PASSWORD", password)
                .with_command("-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
            )
            stack.callback(container.stop)
            container.start()
            host, port = container.get_container_host_ip(), container.get_exposed_port(PORT)
        except (engine_error, ContainerStartException) as error:
            raise ServerUnavailable(
                f"Docker does not start postgres:{major}: {error}",
                hint="Is the Docker engine running, and may this user talk to it? Try: docker ps",
            ) from None
        url = DatabaseUrl(
            conninfo.make_conninfo(
                host=host, port=port, user="postgres", password=password, dbname="postgres"
            )
        )
        yield Server(url, _version(url), "docker", binaries=None)


def _version(url: DatabaseUrl) -> int:
    """The server's version, once it answers: it restarts once while the image sets itself up."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            with connect(url) as connection:
                return connection.info.server_version
        except ConnectionFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
