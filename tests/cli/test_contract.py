from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command


def test_where_nothing_was_migrated_there_is_nothing_to_remove(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gnkmigrate(database, "init").exit_code == 0
    ran = gnkmigrate(database, "contract", "--yes")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.startswith("Nothing to do: gnkmigrate has changed nothing in ")
