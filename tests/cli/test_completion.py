"""What a shell completes after an option that names a phase or a check."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gnkmigrate.audit import checks
from gnkmigrate.cli._completion import _checks
from gnkmigrate.run.revision import load_all_phases
from tests.support import ROOT

PHASES = [phase.name for phase in load_all_phases(ROOT / "migrations")]
GUESSED = 5  # seconds that nobody waits, however busy the machine


def completed(typed: str, folder: Path) -> list[str]:
    """What fish offers for a line that is typed in a folder."""
    environment = {
        "_GNKMIGRATE_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_ARGS": f"gnkmigrate {typed}",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    answer = subprocess.run(
        [Path(sys.executable).with_name("gnkmigrate")],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **environment},
    )
    assert "Traceback" not in answer.stderr
    return answer.stdout.split()


@pytest.mark.parametrize("command", ["upgrade --phase", "fleet downgrade --through"])
def test_phases_in_their_order(command: str) -> None:
    assert completed(f"{command} ", ROOT / "src") == PHASES
    assert completed(f"{command} al", ROOT) == ["align"]


def test_checks_by_name_and_the_projects_own_by_id() -> None:
    assert completed("audit --only no-p", ROOT) == ["no-primary-key"]
    assert completed("audit --skip MINEGNK-00", ROOT)[:2] == ["MINEGNK-001", "MINEGNK-002"]
    assert completed("audit --explain MINEGNK-008", ROOT) == ["MINEGNK-008"]
    assert _checks() == sorted(check.slug for check in checks.discover())


def test_the_settings_file_that_was_named(tmp_path: Path) -> None:
    settings = ROOT / "examples" / "prices" / "gnkmigrate.toml"
    assert completed(f"--config {settings} upgrade --phase ", tmp_path) == ["cents", "names"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("gnkmigrate.toml", "migrations = ["),
        ("gnkmigrate.toml", "migrations = 7"),
        ("migrations/versions/0001.py", "def ("),
        ("migrations/versions/0001.py", "phase: str"),
        ("audits/checks/own.sql", "-- ---\n-- id = [\n-- ---\nSELECT 1"),
    ],
)
def test_a_project_that_cannot_be_read(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert completed("upgrade --phase ", tmp_path) == []
    assert completed("audit --only own", tmp_path) == []


def test_where_there_is_no_project_it_is_quick(tmp_path: Path) -> None:
    started = time.monotonic()
    assert completed("upgrade --phase ", tmp_path) == []
    assert time.monotonic() - started < GUESSED
