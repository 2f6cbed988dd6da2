"""audits/recommendations.toml: which of a project's recommendations are done today."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gnkmigrate.audit import points
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.session import Wish, audit_project
from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.errors import SettingsError
from gnkmigrate.report import html, markdown, terminal
from gnkmigrate.report.json import render as as_json
from gnkmigrate.report.view import View
from gnkmigrate.settings import Settings
from tests.support import ROOT, execute

POINTS = """
[[point]]
title = "A table of teas"
group = "high"
there = ["table public.tea", "column public.tea.name"]

[[point]]
title = "No coffee"
gone = ["table public.coffee"]

[[point]]
title = "Every table has a key"
checks = ["no-primary-key"]

[[point]]
title = "The phase tea"
phases = ["tea"]

[[point]]
title = "A <better> API"
by_hand = "It is somebody's code."

[[point]]
title = "A check that there is not"
checks = ["nobody-knows"]
"""


def audited(folder: Path, url: DatabaseUrl, text: str = POINTS) -> AuditResult:
    (folder / points.FILE_NAME).write_text(text)
    settings = Settings(audits=folder, migrations=folder, target=folder / "none.sql")
    return audit_project(settings, url, Wish(), datetime.now(UTC), lambda _: None)


def test_each_point_has_the_state_of_today(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, "CREATE TABLE tea (name text); CREATE TABLE coffee (id int PRIMARY KEY)")
    found = audited(tmp_path, database).points
    assert [each.state for each in found] == [
        "done",
        "open",
        "open",
        "open",
        "not automatable",
        "unknown",
    ]
    assert found[1].why == "table public.coffee is still there"
    execute(database, "ALTER TABLE tea ADD PRIMARY KEY (name); DROP TABLE coffee")
    assert [each.state for each in audited(tmp_path, database).points][:3] == ["done"] * 3


def test_every_report_lists_them(database: DatabaseUrl, tmp_path: Path) -> None:
    result = audited(tmp_path, database)
    count = "2 of 6 done, 2 open, 1 not automatable, 1 unknown"
    assert f"Recommendations: {count}." in terminal.render(result, View())
    assert "A <better> API: It is" in terminal.render(result, View(details=True))
    assert f"{count}." in markdown.render(result, View(details=True))
    page = html.render(result, View())
    assert f"{count}." in page
    assert "A &lt;better&gt; API" in page
    assert json.loads(as_json(result, View()))["recommendations"][4] == {
        "number": 5,
        "title": "A <better> API",
        "group": "",
        "state": "not automatable",
        "why": "It is somebody's code.",
    }


def test_minegnks_sixteen_are_tied(minegnk_target: DatabaseUrl, tmp_path: Path) -> None:
    text = (ROOT / "audits" / points.FILE_NAME).read_text()
    found = audited(tmp_path, minegnk_target, text).points
    assert len(found) == 16
    done = {each.number for each in found if each.state == "done"}
    assert done == {1, 2, 3, 5, 8, 9}  # the others are phases, or by hand


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[point", "not TOML"),
        ('[[point]]\ntitle = "x"', "not a list of points"),
        ('[[point]]\ntitle = "x"\nthere = ["a"]\nby_hand = "b"', "not a list of points"),
        ("", "not a list of points"),
    ],
)
def test_what_is_no_list_is_refused(
    database: DatabaseUrl, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        audited(tmp_path, database, text)
