"""Which throwaway server it will be."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers.server import Server
from gnkmigrate.settings import ServerSettings

DEFAULT_MAJOR = 16
PROVIDERS = ("url", "embedded", "docker")

_log = logging.getLogger(__name__)


@contextmanager
def throwaway(settings: ServerSettings, major: int | None = None) -> Iterator[Server]:
    """A PostgreSQL server for as long as the block lasts.

    Args:
        settings: the provider; "auto" takes the first that works of url, embedded, docker.
            Its major version wins over `major`.
        major: the version that is wanted, such as the live database's; 16 when neither says.

    Raises:
        ServerUnavailable: there is none to be had; details has each provider's reason.
    """
    wanted = settings.major or major or DEFAULT_MAJOR
    with ExitStack() as stack:
        if settings.provider == "auto":
            server = _first(settings, wanted, stack)
        else:
            server = stack.enter_context(_provider(settings.provider, settings, wanted))
        yield server


def _first(settings: ServerSettings, major: int, stack: ExitStack) -> Server:
    reasons = []
    for name in PROVIDERS:
        try:
            return stack.enter_context(_provider(name, settings, major))
        except (ServerUnavailable, ConnectionFailed) as error:
            reasons.append(f"{name}: {' '.join([error.message, *error.details])}")
            _log.info("no throwaway server by %s", reasons[-1])
    raise ServerUnavailable(
        f"There is no throwaway PostgreSQL {major} to be had.",
        hint="One of three will do: a server of yours in GNKMIGRATE_SERVER__URL; a network, to "
        "fetch the embedded one; Docker, with gnkmigrate[docker] installed.",
        details=reasons,
    )


def _provider(name: str, settings: ServerSettings, major: int) -> AbstractContextManager[Server]:
    """The server of one provider, imported only when its turn comes."""
    if name == "url":
        from gnkmigrate.servers.given import given

        if settings.url is None:
            raise ServerUnavailable(
                "no server is named in the settings.",
                hint="Set url under [server] in gnkmigrate.toml, or GNKMIGRATE_SERVER__URL.",
            )
        return given(DatabaseUrl.parse(settings.url.get_secret_value()), settings.major)
    if name == "embedded":
        if os.name != "posix":
            raise ServerUnavailable("The embedded server runs on Linux and macOS only.")
        from gnkmigrate.servers.embedded import embedded

        return embedded(major)
    from gnkmigrate.servers.docker import docker

    return docker(major)
