"""The user's own server: here, the tests' server seen as one."""

import secrets
from collections.abc import Iterator

import pytest
from psycopg import conninfo
from pydantic import SecretStr

from gnkmigrate.errors import ConnectionFailed, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings
from tests.support import execute, rows


def settings(url: DatabaseUrl, major: int | None = None) -> ServerSettings:
    return ServerSettings(provider="url", url=SecretStr(url.conninfo), major=major)


@pytest.fixture
def powerless(server: Server) -> Iterator[DatabaseUrl]:
    """A role that may not create databases."""
    role, password = f"powerless_{secrets.token_hex(4)}", secrets.token_hex(8)
    execute(server.url, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    yield DatabaseUrl(conninfo.make_conninfo(server.url.conninfo, user=role, password=password))
    execute(server.url, f"DROP ROLE {role}")


def test_databases_come_and_go_under_names_of_our_own(server: Server) -> None:
    with throwaway(settings(server.url)) as given:
        assert (given.provider, given.version, given.binaries) == ("url", server.version, None)
        url = given.create_database("shop")
        name = rows(url, "SELECT current_database()")[0][0]
        assert name.startswith("gnkmigrate_")
        assert name.endswith("_shop")
        given.drop_database(url)


def test_a_database_of_the_user_is_never_dropped(server: Server) -> None:
    with throwaway(settings(server.url)) as given:
        with pytest.raises(ServerUnavailable, match="not made by gnkmigrate"):
            given.drop_database(server.url)
        assert rows(server.url, "SELECT 1") == [(1,)]


def test_a_role_that_may_not_create_databases_is_refused(powerless: DatabaseUrl) -> None:
    with (
        pytest.raises(ServerUnavailable, match="may not create databases"),
        throwaway(settings(powerless)),
    ):
        pytest.fail("not reached")


def test_another_version_than_the_settings_ask_for_is_refused(server: Server) -> None:
    other = 14 if server.major != 14 else 15
    with (
        pytest.raises(ServerUnavailable, match=f"is PostgreSQL {server.major}, not {other}"),
        throwaway(settings(server.url, other)),
    ):
        pytest.fail("not reached")


def test_the_live_database_may_have_another_version(server: Server) -> None:
    with throwaway(settings(server.url), 14 if server.major != 14 else 15) as given:
        assert given.version == server.version


def test_a_wrong_password_is_told_without_showing_it(server: Server) -> None:
    wrong = DatabaseUrl(conninfo.make_conninfo(server.url.conninfo, password="hunter2"))
    with pytest.raises(ConnectionFailed, match="was not accepted") as refused:
        throwaway(settings(wrong)).__enter__()
    assert "hunter2" not in str(vars(refused.value))
