"""audits/recommendations.toml: which of a project's recommendations are done today."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gnkmigrate.audit import recommendations
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.rehearsed import FILE_NAME, Kept, checksums
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.session import audit_project
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.render.audit import html, markdown, terminal
from gnkmigrate.render.audit.json import render as as_json
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.settings import Settings
from tests.small import Small
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


REHEARSED = """
[[point]]
title = "It goes up"
rehearsed = ["upgrade"]

[[point]]
title = "It comes back"
rehearsed = ["upgrade", "downgrade"]
"""


def audited(folder: Path, url: DatabaseUrl, text: str = POINTS) -> AuditResult:
    (folder / recommendations.FILE_NAME).write_text(text)
    settings = Settings(audits=folder, migrations=folder, target=folder / "none.sql")
    return audit_project(settings, url, AuditOptions(), datetime.now(UTC), lambda _: None)


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


def test_minegnks_points_are_tied(minegnk_target: DatabaseUrl, tmp_path: Path) -> None:
    text = (ROOT / "audits" / recommendations.FILE_NAME).read_text()
    found = audited(tmp_path, minegnk_target, text).points
    before = [each for each in found if each.group == "before production"]
    assert (len(found), len(before)) == (26, 10)
    done = {each.number for each in found if each.state == "done"}
    assert done == {1, 2, 3, 5, 8, 9}  # the others are phases, rehearsed, or by hand
    assert {each.state for each in before} == {"open", "not automatable"}


def test_a_rehearsal_that_was_kept_proves_what_held(
    small: Small, database: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / recommendations.FILE_NAME).write_text(REHEARSED)
    small.revision(1, 'op.execute("SELECT 1")')
    settings = Settings(audits=tmp_path, migrations=small.folder, target=tmp_path / "none.sql")

    def whys() -> list[str]:
        result = audit_project(
            settings, database, AuditOptions(), datetime.now(UTC), lambda _: None
        )
        return [each.why for each in result.points]

    assert whys() == ["no rehearsal is kept: gnkmigrate rehearse --keep"] * 2
    kept = Kept(
        time=datetime.now(UTC),
        database="a copy",
        phases=("phase1",),
        revisions=checksums(load_all_phases(small.folder)),
        stages={"upgrade": "ok", "downgrade": "failed"},
    )
    file = tmp_path / FILE_NAME
    file.write_text(kept.model_dump_json())
    assert whys() == ["", "downgrade: failed"]
    small.revision(1, 'op.execute("SELECT 2")')
    assert whys()[0] == "rehearsed before phase1 changed"
    file.write_text("[]")
    with pytest.raises(SettingsError, match="is not a rehearsal that was kept"):
        whys()


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
