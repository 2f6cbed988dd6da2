import subprocess
import sys
from pathlib import Path

import pytest

from gnkmigrate.demo import data
from gnkmigrate.demo.project import demo_settings
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.fingerprint import fingerprint
from gnkmigrate.servers import Server
from tests.cli.conftest import Command


@pytest.mark.parametrize("rows", ["0", "50"])
def test_the_whole_way_and_back(gnkmigrate: Command, rows: str) -> None:
    shown = gnkmigrate(None, "demo", "--rows", rows)
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    headings = [line for line in lines if line[:1].isdigit()]
    assert len(headings) == 9
    assert "COMPLETE" in shown.stdout
    assert "identical: after " in shown.stdout
    assert sum(line.endswith("identical") for line in lines) == 6
    assert "gnkmigrate --url postgresql://user@host/database audit" in shown.stdout


def test_the_same_number_makes_the_same_rows(server: Server, minegnk_template: str) -> None:
    found = []
    for _ in range(2):
        with server.database(minegnk_template) as url, connect(url) as session:
            data.fill(session, 100)
            found.append(fingerprint(session, ["public"]))
    assert found[0] == found[1]
    assert found[0]["public.user_nodes"].rows == 101
    assert found[0]["public.users"].rows == 14


def test_it_needs_no_project_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = demo_settings()
    assert settings.path(settings.target).is_file()
    assert settings.path(settings.migrations).is_dir()


def test_help_says_that_nothing_is_touched() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "gnkmigrate", "demo", "--help"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Nothing of yours is touched" in shown.stdout
