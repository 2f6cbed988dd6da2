"""One session that any number of schemas pass through, each rolled back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

import pytest
from psycopg import Rollback

from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.servers import Server

Read: TypeAlias = Callable[[str], Snapshot]


@pytest.fixture(scope="session")
def session(server: Server) -> Iterator[Connection]:
    """A session with an empty database, for tests that leave it empty."""
    with server.database() as url, connect(url, search_path=["public"]) as connection:
        yield connection


@contextmanager
def _made(connection: Connection, sql: str) -> Iterator[None]:
    with connection.transaction() as transaction:
        connection.execute(sql.encode())
        yield
        raise Rollback(transaction)


@pytest.fixture
def made(session: Connection) -> Callable[[str], AbstractContextManager[None]]:
    """Runs statements for the time of a block."""
    return lambda sql: _made(session, sql)


@pytest.fixture
def read(session: Connection) -> Read:
    """The facts that statements make."""

    def read(sql: str) -> Snapshot:
        with _made(session, sql):
            return read_snapshot(session)

    return read
