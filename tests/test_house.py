"""What stands beside the code says what is so: the walks, the changelog, the forms, the pages."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from gnkmigrate import __version__
from tests.support import ROOT

PACKAGE = ROOT / "src" / "gnkmigrate"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
WALKS = re.findall(r"`([\w/]+\.py): (\w+)`", ARCHITECTURE)
PLACES = re.findall(r"^\| .* \| `(\S+)` \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
FORMS = sorted((ROOT / ".github").rglob("*.yml"))
BESIDE = [*ROOT.glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]


@pytest.mark.parametrize(("file", "name"), WALKS)
def test_the_walks_name_what_is_there(file: str, name: str) -> None:
    tree = ast.parse((PACKAGE / file).read_text())
    assert name in {each.name for each in tree.body if hasattr(each, "name")}


@pytest.mark.parametrize("place", PLACES)
def test_a_change_goes_where_the_guide_says(place: str) -> None:
    folder, named, _ = place.partition("NAME")
    assert (PACKAGE / folder).is_dir() if named else (PACKAGE / place).is_file()


def test_each_walk_is_told() -> None:
    assert {"cli/audit.py", "cli/upgrade.py", "cli/plan.py"} <= {file for file, _ in WALKS}


def test_the_changelog_has_this_version_first_and_a_day_for_each() -> None:
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [head for head in heads if head != "Unreleased"]
    assert released[0].startswith(f"{__version__} (")
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", head) for head in released)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_forms_and_workflows_are_yaml(form: Path) -> None:
    assert isinstance(yaml.safe_load(form.read_text()), dict)


def test_ci_asks_every_postgresql_and_builds_the_docs() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["postgresql"] == [14, 15, 16, 17, 18]
    steps = [step.get("run") for job in jobs.values() for step in job["steps"]]
    assert {"make lint", "make docs", "make test"} <= set(steps)


@pytest.mark.parametrize("page", BESIDE, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#:]+)[^)]*\)", page.read_text())
    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(file.name for file in folder.glob("0*.md"))


@pytest.mark.parametrize("name", ["way", "recording"])
def test_pictures_fetch_nothing_and_have_a_script(name: str) -> None:
    folder = ROOT / "docs" / "pictures"
    assert (folder / f"{name}.py").exists()
    assert not re.search(r"url\([\"']?https?:|href=", (folder / f"{name}.svg").read_text())
