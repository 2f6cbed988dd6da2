"""Rows as they are to become, kept in a file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gnkmigrate.check import CheckOptions
from gnkmigrate.check.expected import NEW_UUID, NOW, read_expected, steady, write_expected
from gnkmigrate.check.table_rows import Rows
from gnkmigrate.errors import SettingsError
from gnkmigrate.servers import Server
from tests.check.projects import REVISION, SETTINGS, checked, problems, states, write_project

OLD = "10000000-0000-4000-8000-000000000001"
NEW = "20000000-0000-4000-8000-000000000002"
WITH_EXPECTED = SETTINGS + 'expected_rows = "expected.json"\n'


def test_what_is_made_by_chance_or_the_clock_is_left_out() -> None:
    since = datetime.now(UTC)
    now = (since + timedelta(seconds=1)).isoformat()
    rows = {
        "t": [{"a": OLD, "b": NEW, "c": now, "d": "2020-01-01T00:00:00", "e": 5, "f": now[:-6]}]
    }
    assert steady(rows, {"u": [{"id": OLD}]}, since) == {
        "t": [{"a": OLD, "b": NEW_UUID, "c": NOW, "d": "2020-01-01T00:00:00", "e": 5, "f": NOW}]
    }


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows: Rows = {"b": [{"x": 2, "y": None}, {"x": 1, "y": "ż"}], "a": []}
    file = tmp_path / "expected.json"
    write_expected(file, rows)
    assert read_expected(file) == {"a": [], "b": [{"x": 1, "y": "ż"}, {"x": 2, "y": None}]}
    assert '    {"x": 1, "y": "ż"},\n' in file.read_text()


def test_a_mistake_that_goes_there_and_back_is_found(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"a.py": REVISION}, settings=WITH_EXPECTED)
    assert checked(config, server, CheckOptions(update_expected=True)).passed
    assert states(checked(config, server))["expected rows"] == "ok"

    revision = tmp_path / "migrations" / "versions" / "a.py"
    forgetful = "DEFAULT 'none'; UPDATE product SET label = NULL WHERE sold"
    revision.write_text(REVISION.replace("DEFAULT 'none'", forgetful))
    found = problems(checked(config, server))
    assert list(found) == ["expected rows"]
    assert found["expected rows"][0].startswith('public.product lacks the row {"id": ')


@pytest.mark.parametrize(
    ("text", "message"), [(None, "no file"), ("{", "not JSON"), (json.dumps([1]), "rows by table")]
)
def test_a_file_that_cannot_be_read(
    server: Server, tmp_path: Path, text: str | None, message: str
) -> None:
    config = write_project(tmp_path, {"a.py": REVISION}, settings=WITH_EXPECTED)
    if text is not None:
        (tmp_path / "expected.json").write_text(text)
    with pytest.raises(SettingsError, match=message) as caught:
        checked(config, server)
    assert "--update-expected" in caught.value.hint
