"""`gnkmigrate check` as a user types it; the projects are small, since a server is started."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.servers import Server
from tests.check.projects import REVISION, write_project
from tests.support import ROOT


@pytest.fixture
def command(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a project, whose throwaway server runs already."""
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
    monkeypatch.setenv("DATABASE_URL", "host=nowhere.invalid")  # none is needed
    write_project(tmp_path, {"0001_labels.py": REVISION})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(application(), ["check", *arguments])


def break_it(folder: Path) -> None:
    (folder / "target.sql").write_text("CREATE TABLE product (id int PRIMARY KEY);")


@pytest.mark.usefixtures("command")
def test_all_holds() -> None:
    ran = run()
    assert ran.exit_code == 0, ran.output
    assert "  ok     target: no gap is left" in ran.stdout
    unsaid = "not compared: 1 owner (table public.product); the target says nothing of them"
    assert " ".join(ran.stdout.split()).endswith(f" {unsaid} Everything holds.")
    assert "upgrade: labels ..." in ran.stderr


def test_something_does_not_hold(command: Path) -> None:
    break_it(command)
    ran = run()
    assert ran.exit_code == 1, ran.output
    assert "  FAILED target: " in ran.stdout
    assert "next: A revision that closes them is missing" in ran.stdout
    assert ran.stdout.endswith("\nNot everything holds.\n")


def test_a_document(command: Path) -> None:
    schema = json.loads((ROOT / "docs" / "check.schema.json").read_text())
    ran = run("--format", "json")
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    jsonschema.validate(document, schema)
    assert document["passed"]
    break_it(command)
    document = json.loads(run("--format", "json").stdout)
    jsonschema.validate(document, schema)
    assert not document["passed"]


def test_junit_in_a_file(command: Path) -> None:
    break_it(command)
    assert run("--format", "junit", "--output", "check.xml").exit_code == 1
    root = ET.fromstring((command / "check.xml").read_text())  # noqa: S314 - our own
    assert root.get("failures") == "1"
    cases = {case.get("name"): case for case in root.iter("testcase")}
    failure = cases["target"].find("failure")
    assert failure is not None
    assert failure.text
    assert cases["checksums"].find("skipped") is not None
    assert cases["upgrade: labels"].find("system-out") is not None


def test_text_in_a_file(command: Path) -> None:
    assert run("--output", "check.txt").exit_code == 0
    assert "Everything holds." in (command / "check.txt").read_text()


def test_several_reports_of_one_run(command: Path) -> None:
    break_it(command)
    ran = run("--write", "junit=check.xml", "--write", "markdown=check.md")
    assert ran.exit_code == 1, ran.output
    assert "Not everything holds." in ran.stdout
    page = (command / "check.md").read_text()
    assert page.startswith("# The revisions, checked\n\n**Not everything holds.** 1 phase from")
    assert "## What does not hold: target" in page
    assert "| target | **failed** |" in page
    assert "<testsuites" in (command / "check.xml").read_text()


def test_checksums_are_kept(command: Path) -> None:
    ran = run("--update-checksums")
    assert ran.exit_code == 0, ran.output
    assert "1 checksum" in ran.stdout
    revision = command / "migrations" / "versions" / "0001_labels.py"
    revision.write_text(revision.read_text() + "#\n")
    ran = run()
    assert ran.exit_code == 1, ran.output
    assert "FAILED checksums: 0001_labels.py has been edited" in ran.stdout


def test_no_baseline(command: Path) -> None:
    (command / "gnkmigrate.toml").write_text('target = "target.sql"')
    ran = run()
    assert ran.exit_code == 2, ran.output
    assert "no baseline" in ran.stderr
    assert "next: Set `baseline`" in ran.stderr


def test_a_baseline_that_postgresql_refuses(command: Path) -> None:
    (command / "baseline.sql").write_text("CREATE TABEL product ();")
    ran = run()
    assert ran.exit_code == 2, ran.output
    assert "baseline.sql" in ran.stderr


@pytest.mark.usefixtures("command")
def test_a_folder_that_is_not_there() -> None:
    assert run("--output", "no/such/check.xml").exit_code == 2
    assert run("--write", "junit=no/such/check.xml").exit_code == 2
    assert run("--write", "pdf=check.pdf").exit_code == 2


def test_migrations_of_another_tool(command: Path) -> None:
    schema = json.loads((ROOT / "docs" / "check.schema.json").read_text())
    (command / "gnkmigrate.toml").unlink()
    folder = command / "new"
    folder.mkdir()
    (folder / "1_item.sql").write_text("CREATE TABLE item (id int, price text);")
    (folder / "2_price.sql").write_text("ALTER TABLE item DROP price;")
    asked = ("--migrations", "new", "--kind", "sql", "--write", "json=check.json")
    ran = run(*asked, "--format", "markdown")
    assert ran.exit_code == 1, ran.output
    assert "# The migrations, run on a copy\n\n**Not everything holds.** 2 migrations" in ran.stdout
    assert "public.item.price: the column is gone, with 6 values" in ran.stdout
    document = json.loads((command / "check.json").read_text())
    jsonschema.validate(document, schema)
    assert document["migrations"][1]["locks"][0]["mode"] == "AccessExclusiveLock"
    ran = run(*asked, "--allow", "loses=2_price.sql")
    assert ran.exit_code == 0, ran.output
    assert "ACCESS EXCLUSIVE on public.item for" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--migrations", "."), "are given together"),
        (("--kind", "sql"), "are given together"),
        (("--kind", "rails", "--migrations", "."), "it is one of alembic, django"),
        (("--kind", "sql", "--migrations", "none"), "there is no folder none"),
        (("--from", "baseline.sql"), "--from is for the migrations of another tool"),
        (("--migrations", ".", "--kind", "sql", "--update-expected"), "exclude each other"),
    ],
)
@pytest.mark.usefixtures("command")
def test_what_does_not_go_together(arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert ran.exit_code == 2, ran.output
    assert said in " ".join(ran.output.replace("│", " ").split())
