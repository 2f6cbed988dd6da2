"""The revisions' own tests, ready made, and the application's on databases at each phase."""

import pytest

from gnkmigrate.testing import MigrationTests, PhaseDatabase


class TestMigrations(MigrationTests):
    """One head, up and down, no gap, dry run, rows."""


def names(database: PhaseDatabase) -> list[str]:
    """What the application asks, before and after."""
    with database.connect() as connection:
        return [name for (name,) in connection.execute("SELECT name FROM product ORDER BY id")]


def test_the_old_application_works_at_each_phase(gnk_each: PhaseDatabase) -> None:
    assert names(gnk_each) == ["Pen", "Ink", "Paper, 500 sheets"]


def test_prices_in_cents(gnk_upgraded: PhaseDatabase) -> None:
    with gnk_upgraded.connect() as connection:
        cents = connection.execute("SELECT price_in_cents FROM product ORDER BY id").fetchall()
    assert cents == [(999,), (500,), (750,)]


@pytest.mark.gnk_phase("cents")
def test_there_is_no_index_yet(gnk_database: PhaseDatabase) -> None:
    with gnk_database.connect() as connection:
        found = connection.execute("SELECT to_regclass('product_name')").fetchone()
    assert found == (None,)
