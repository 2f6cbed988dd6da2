import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.cli.test_upgrade import states
from tests.support import execute, rows


@pytest.fixture
def migrated(gnkmigrate: Command, report: DatabaseUrl) -> DatabaseUrl:
    assert gnkmigrate(report, "upgrade", "--yes").exit_code == 0
    return report


def test_by_default_the_last_phase_is_taken_back(
    gnkmigrate: Command, migrated: DatabaseUrl
) -> None:
    back = gnkmigrate(migrated, "downgrade", "--yes")
    assert back.exit_code == 0
    assert "1 phase taken back: " in back.stdout
    assert states(gnkmigrate, migrated) == {
        "tables": "done",
        "data": "done",
        "join-table": "done",
        "indexes": "done",
        "columns": "done",
        "align": "pending",
    }


def test_all_the_way_back(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    back = gnkmigrate(migrated, "downgrade", "--all", "--yes")
    assert back.exit_code == 0
    assert back.stderr.splitlines()[-1] == "Next: gnkmigrate status"
    assert rows(migrated, 'SELECT count(*) FROM users WHERE "isActive"') == [(3,)]
    again = gnkmigrate(migrated, "downgrade", "--all")
    assert again.exit_code == 0
    assert "Nothing to take back: no phase has been run." in again.stderr


def test_down_through_a_phase(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    assert gnkmigrate(migrated, "downgrade", "--through", "indexes", "--yes").exit_code == 0
    assert states(gnkmigrate, migrated)["join-table"] == "done"
    assert states(gnkmigrate, migrated)["indexes"] == "pending"


def test_a_phase_that_others_stand_on_is_refused(
    gnkmigrate: Command, migrated: DatabaseUrl
) -> None:
    refused = gnkmigrate(migrated, "downgrade", "--phase", "tables", "--yes")
    assert refused.exit_code == 2
    assert "align, columns, indexes, join-table, data." in refused.stderr
    assert "next: gnkmigrate downgrade --through tables" in refused.stderr


def test_a_dry_run_leaves_everything(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    tried = gnkmigrate(migrated, "downgrade", "--all", "--dry-run")
    assert tried.exit_code == 0
    assert "Everything was rolled back: the database is as it was." in tried.stdout
    assert set(states(gnkmigrate, migrated).values()) == {"done"}


def test_what_the_old_shape_cannot_hold_is_refused_or_spilled(
    gnkmigrate: Command, migrated: DatabaseUrl
) -> None:
    execute(
        migrated,
        "INSERT INTO nodes (identifier, identifier_type) VALUES ('alone', 'wallet')",
    )
    refused = gnkmigrate(migrated, "downgrade", "--all", "--yes")
    assert refused.exit_code == 2
    assert "identifier: alone" in refused.stderr
    assert "--spill" in refused.stderr

    spilled = gnkmigrate(migrated, "downgrade", "--all", "--yes", "--spill")
    assert spilled.exit_code == 0
    assert rows(migrated, "SELECT content->>'identifier' FROM gnkmigrate.overflow") == [("alone",)]


def test_sql_is_written_and_not_run(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    written = gnkmigrate(migrated, "downgrade", "--sql")
    assert written.exit_code == 0
    assert "-- phase 6 align:" in written.stdout
    assert set(states(gnkmigrate, migrated).values()) == {"done"}


def test_it_asks_before_it_changes_anything(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    refused = gnkmigrate(migrated, "downgrade")
    assert refused.exit_code == 2
    assert "gnkmigrate downgrade asks before it changes" in refused.stderr
