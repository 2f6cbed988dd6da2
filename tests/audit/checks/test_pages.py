"""The pages of the checks: docs/checks/ is what the checks say, and --explain prints it.

GNKMIGRATE_UPDATE_CHECKS=1 writes the pages anew.
"""

import os

import pytest

from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.explain import explain, index, names, page
from gnkmigrate.errors import SettingsError
from tests.support import ROOT

PAGES = ROOT / "docs" / "checks"


def test_the_pages_are_those_of_the_checks() -> None:
    wanted = {f"{check.slug}.md": page(check) for check in discover()}
    wanted["README.md"] = index(discover())
    if os.environ.get("GNKMIGRATE_UPDATE_CHECKS"):
        for file in PAGES.glob("*.md"):
            file.unlink()
        for name, text in wanted.items():
            (PAGES / name).write_text(text)
    kept = {file.name: file.read_text() for file in PAGES.glob("*.md")}
    assert kept.keys() == wanted.keys()
    assert [name for name in wanted if kept[name] != wanted[name]] == []


@pytest.mark.parametrize("name", ["GNK-S002", "gnk-s002", "foreign-key-without-index", "GNK-T002"])
def test_a_check_is_explained_under_each_of_its_names(name: str) -> None:
    text = explain(name, discover())
    assert text.startswith("# GNK-S002 foreign-key-without-index\n")
    assert "PostgreSQL indexes the referenced side only." in text
    assert "| on the target | GNK-T002 target-foreign-key-without-index |" in text


def test_an_unknown_check_is_refused_with_its_neighbours() -> None:
    with pytest.raises(SettingsError) as caught:
        explain("foreign-key-without-idx", discover())
    assert "foreign-key-without-index" in caught.value.hint


def test_no_two_checks_share_a_name() -> None:
    every = [name for check in discover() for name in names(check)]
    assert len(set(every)) == len(every)
