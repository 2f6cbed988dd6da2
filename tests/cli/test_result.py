"""Where a command's result goes: to stdout for the reader's window, and to files."""

from pathlib import Path

import pytest
import typer

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.cli._result import rendered, report_file, write_files

RESULT = CheckResult(("labels",), 160004, (Point("revisions", summary="one head"),))


def test_a_report_is_a_page_where_its_name_says_so(tmp_path: Path) -> None:
    assert report_file(None) == []
    assert report_file(tmp_path / "a.HTML") == [("html", tmp_path / "a.HTML")]
    assert report_file(tmp_path / "a.md") == [("markdown", tmp_path / "a.md")]


def test_a_report_in_no_folder(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="--report: there is no folder"):
        report_file(tmp_path / "no" / "a.md")


def test_files_are_what_a_renderer_gives(tmp_path: Path) -> None:
    files = [("terminal", tmp_path / "a.txt"), ("json", tmp_path / "a.json")]
    write_files("check", files, RESULT, width=40)
    for format_, file in files:
        assert file.read_text() == rendered("check", format_, RESULT, width=40)
    assert files[0][1].read_text().endswith("\n\nEverything holds.\n")
