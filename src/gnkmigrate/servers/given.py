"""The user's own server, on which databases of ours come and go beside theirs."""

from collections.abc import Iterator
from contextlib import contextmanager

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers.server import Server

_MAY_CREATE = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"


@contextmanager
def given(url: DatabaseUrl, major: int | None = None) -> Iterator[Server]:
    """A server that the user names; nothing is started and nothing stopped.

    Args:
        url: any database of the server, as a role that may create databases.
        major: the version that it must have; any when None.

    Raises:
        ConnectionFailed: it does not answer.
        ServerUnavailable: the role may not create databases, or the version is another.
    """
    with connect(url, read_only=True) as connection:
        version = connection.info.server_version
        row = connection.execute(_MAY_CREATE).fetchone()
    if row != (True,):
        raise ServerUnavailable(
            f"The role of {url} may not create databases.",
            hint="Grant it with ALTER ROLE ... CREATEDB, or name another role.",
        )
    if major is not None and version // 10000 != major:
        raise ServerUnavailable(
            f"The server at {url} is PostgreSQL {version // 10000}, not {major}.",
            hint="Name another server, or leave the major version unset.",
        )
    yield Server(url, version, "url", binaries=None)
