"""A settings file that somebody else may have put there is not believed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.settings import load
from gnkmigrate.settings_file import find_file

SOMEBODY = 54321


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a settings file and a folder below it."""
    folder = tmp_path / "project"
    (folder / "below").mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)
    (folder / "gnkmigrate.toml").write_text("")
    (folder / "gnkmigrate.toml").chmod(0o644)
    return folder


def is_root() -> bool:
    return os.geteuid() == 0


def hand_over(path: Path) -> None:
    """Only root may, and where root owns a file it is anybody's to use."""
    if not is_root():
        pytest.skip("only root gives files to others")
    os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)


def refusal(start: Path) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        find_file(start)
    return refused.value


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o444])
def test_one_s_own_is_found_from_below(project: Path, mode: int) -> None:
    (project / "gnkmigrate.toml").chmod(mode)
    assert find_file(project / "below") == project / "gnkmigrate.toml"


def test_another_s_file_above_is_refused_and_named(project: Path) -> None:
    file = project / "gnkmigrate.toml"
    hand_over(file)
    refused = refusal(project / "below")
    assert str(file) in refused.message
    assert f"it belongs to user {SOMEBODY}, who is neither you nor root" in refused.message
    assert f"gnkmigrate --config {file}" in refused.hint


def test_another_s_file_here_is_used_where_not_everybody_writes(project: Path) -> None:
    file = project / "gnkmigrate.toml"
    hand_over(file)
    assert find_file(project) == file
    project.chmod(0o1777)
    assert str(SOMEBODY) in refusal(project).message


def test_another_s_link_is_refused(project: Path) -> None:
    file = project / "gnkmigrate.toml"
    file.rename(project / "other.toml")
    file.symlink_to("other.toml")
    assert find_file(project / "below") == file
    hand_over(file)
    assert str(SOMEBODY) in refusal(project / "below").message


def test_another_s_folder_is_refused(project: Path) -> None:
    hand_over(project)
    said = refusal(project / "below").message
    assert f"its folder belongs to user {SOMEBODY}" in said


@pytest.mark.parametrize("mode", [0o646, 0o666])
def test_a_file_that_others_may_write_is_refused(project: Path, mode: int) -> None:
    (project / "gnkmigrate.toml").chmod(mode)
    assert "others may write it." in refusal(project / "below").message
    assert find_file(project) == project / "gnkmigrate.toml"


@pytest.mark.parametrize("mode", [0o757, 0o777])
def test_a_folder_that_others_may_write_is_refused(project: Path, mode: int) -> None:
    project.chmod(mode)
    said = refusal(project / "below").message
    assert re.search(r"it belongs to \S+, and others may write its folder\.", said)
    project.chmod(0o1777)
    assert find_file(project / "below") == project / "gnkmigrate.toml"


def test_what_a_link_leads_to_is_looked_at(project: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    file = project / "gnkmigrate.toml"
    file.rename(shared / "other.toml")
    file.symlink_to(shared / "other.toml")
    assert find_file(project / "below") == file
    shared.chmod(0o777)
    assert "others may write its folder" in refusal(project / "below").message


def test_the_group_of_others_may_not_write(project: Path) -> None:
    """The group that is root's, or the user's alone, is nobody else."""
    file = project / "gnkmigrate.toml"
    file.chmod(0o664)
    if not is_root():
        pytest.skip("only root gives files to groups")
    os.chown(file, 0, 0)
    assert find_file(project / "below") == file
    os.chown(file, 0, SOMEBODY)
    assert "others may write it" in refusal(project / "below").message


def test_config_always_works(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = project / "gnkmigrate.toml"
    file.write_text('source_timezone = "Europe/Berlin"')
    file.chmod(0o666)
    project.chmod(0o777)
    monkeypatch.chdir(project / "below")
    with pytest.raises(SettingsError, match="is not used"):
        load()
    assert load(file).source_timezone == "Europe/Berlin"


def test_a_command_exits_with_2_and_runs_nothing(project: Path) -> None:
    (project / "gnkmigrate.toml").chmod(0o666)
    versions = project / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "1.py").write_text("open('ran', 'w')")
    command = [sys.executable, "-m", "gnkmigrate", "status"]
    ran = subprocess.run(
        command, cwd=project / "below", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2, ran.stderr
    assert "--config" in ran.stderr
    assert not (project / "below" / "ran").exists()
