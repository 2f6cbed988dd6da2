"""Settings that do not fit the database are met at once."""

import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting
from tests.cli.conftest import Command
from tests.support import execute


def refusal(database: DatabaseUrl, settings: Settings) -> SettingsError:
    with (
        connect(database, read_only=True) as session,
        pytest.raises(SettingsError) as refused,
    ):
        require_fitting(session, settings)
    return refused.value


def test_a_time_zone_that_postgresql_does_not_know(database: DatabaseUrl) -> None:
    said = refusal(database, Settings(source_timezone="Europe/Berlinn"))
    assert said.message.startswith('PostgreSQL knows no time zone "Europe/Berlinn"')
    assert "pg_timezone_names" in said.hint


def test_schemas_of_which_none_is_there(database: DatabaseUrl) -> None:
    execute(database, "CREATE SCHEMA shop")
    said = refusal(database, Settings(schemas=("shpo",)))
    assert "has no schema shpo" in said.message
    assert said.details == ("it has public, shop",)
    assert said.hint == 'Did you mean "shop"?'


def test_what_fits(database: DatabaseUrl) -> None:
    with connect(database, read_only=True) as session:
        require_fitting(session, Settings())
        require_fitting(session, Settings(schemas=("public", "new"), source_timezone="+02"))


@pytest.mark.parametrize(
    "command",
    [("audit",), ("plan",), ("upgrade", "--yes"), ("upgrade", "--dry-run"), ("rehearse",)],
)
def test_every_command_says_so_first(
    gnkmigrate: Command,
    report: DatabaseUrl,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("GNKMIGRATE_SOURCE_TIMEZONE", "Mars/Olympus")
    ran = gnkmigrate(report, *command)
    assert ran.exit_code == 2
    assert 'error: PostgreSQL knows no time zone "Mars/Olympus"' in ran.stderr
