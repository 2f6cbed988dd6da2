"""Reports in files, and where they cannot be."""

import os
from pathlib import Path

import pytest

from gnkmigrate.cli._report_file import Unwritable, check_writable, write_report


def test_a_report_is_written_and_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    for text in ("one é\n", "two\n"):
        check_writable([file])
        write_report(file, text)
        assert file.read_text(encoding="utf-8") == text


def test_a_folder_that_does_not_exist_is_said_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match=r"The folder of .* does not exist") as caught:
        check_writable([tmp_path / "nowhere" / "report.md"])
    assert caught.value.hint == f"Create it with: mkdir -p {tmp_path / 'nowhere'}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="is a folder"):
        check_writable([tmp_path])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.touch(mode=0o400)
    with pytest.raises(Unwritable, match="may not be written"):
        check_writable([file])


def test_a_disk_that_is_full_after_all() -> None:
    with pytest.raises(Unwritable, match="could not be written: No space left on device"):
        write_report(Path("/dev/full"), "x" * 100_000)
