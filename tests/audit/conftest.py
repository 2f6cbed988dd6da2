"""Schemas read from a session that any number of them pass through, each rolled back."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from psycopg import Rollback

from gnkmigrate.audit.checks import end_of_life
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.servers import Server
from tests.conftest import MAJOR

Read: TypeAlias = Callable[[str], Snapshot]


@pytest.fixture(scope="session")
def session(server: Server) -> Iterator[Connection]:
    """A session with an empty database, for tests that leave it empty."""
    with server.database() as url, connect(url, search_path=["public"]) as connection:
        yield connection


@pytest.fixture
def supported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's version gets fixes for ever, so that a finding does not come with a day."""
    monkeypatch.setattr(end_of_life, "last_days", lambda: {MAJOR: dt.date.max})


@pytest.fixture
def read(session: Connection) -> Read:
    """Reads the facts that statements make."""

    def read_facts(sql: str) -> Snapshot:
        with session.transaction() as transaction:
            session.execute(sql.encode())
            snapshot = read_snapshot(session)
            raise Rollback(transaction)
        return snapshot

    return read_facts
