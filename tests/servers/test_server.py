"""Databases come and go on a server."""

import pytest

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.support import execute, rows

THIS_DATABASE = "SELECT current_database()"


def test_a_database_lasts_as_long_as_its_block(server: Server) -> None:
    with server.database() as url:
        assert rows(url, "SELECT 1") == [(1,)]
    with pytest.raises(ConnectionFailed, match="does not exist"):
        connect(url)


def test_a_database_is_dropped_when_its_block_fails_and_sessions_are_open(server: Server) -> None:
    class Failure(Exception): ...

    sessions = []

    def fail_with_a_session_open() -> None:
        with server.database() as url:
            sessions.append((url, connect(url)))
            raise Failure

    with pytest.raises(Failure):
        fail_with_a_session_open()
    [(url, session)] = sessions
    session.close()
    with pytest.raises(ConnectionFailed, match="does not exist"):
        connect(url)


def test_names_are_quoted(server: Server) -> None:
    url = server.create_database('a "strange" name; --')
    try:
        assert rows(url, THIS_DATABASE)[0][0].endswith('a "strange" name; --')
    finally:
        server.drop_database(url)


def test_dropping_twice_is_fine(server: Server) -> None:
    url = server.create_database()
    server.drop_database(url)
    server.drop_database(url)


def test_a_copy_has_the_rows_of_its_template(server: Server) -> None:
    with server.database() as original:
        execute(original, "CREATE TABLE t AS SELECT generate_series(1, 3) AS n")
        with server.database(template=rows(original, THIS_DATABASE)[0][0]) as copy:
            assert rows(copy, "SELECT sum(n) FROM t") == [(6,)]


def test_an_unknown_template_is_refused(server: Server) -> None:
    with pytest.raises(ServerUnavailable, match='"no such" does not exist'):
        server.create_database(template="no such")
