"""`gnkmigrate audit`."""

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.render import formats
from gnkmigrate.servers import Server
from tests.support import CLOSE_PUBLIC, execute

DOGS = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE dogs (id int PRIMARY KEY);"


pytestmark = pytest.mark.usefixtures("supported")


@pytest.fixture(autouse=True)
def project(
    tmp_path: Path, database: DatabaseUrl, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project whose target has dogs besides users."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "target.sql").write_text(DOGS)
    (tmp_path / "gnkmigrate.toml").touch()
    execute(database, f"{CLOSE_PUBLIC}; CREATE TABLE users (id int PRIMARY KEY)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("DATABASE_URL", database.conninfo)
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(application(), ["audit", *arguments])


def test_a_missing_table_is_found() -> None:
    result = _run()
    assert result.exit_code == 1
    assert "high      Table dogs is missing." in result.stdout
    assert result.stderr == ""


def test_no_gap_is_exit_0(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE dogs (id int PRIMARY KEY)")
    result = _run()
    assert result.exit_code == 0
    assert "COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("threshold", "code"), [("critical", 0), ("high", 1), ("low", 1), ("never", 0)]
)
def test_how_grave_is_too_grave(threshold: str, code: int) -> None:
    assert _run("--fail-on", threshold).exit_code == code


def test_json_on_stdout_is_one_document() -> None:
    result = _run("--format", "json")
    document = json.loads(result.stdout)
    assert document["summary"]["target"] == "schema/target.sql"
    assert document["findings"][0]["message"] == "Table dogs is missing."


def test_several_reports_at_once(project: Path) -> None:
    result = _run("--output", "a.txt", "--write", "markdown=b.md", "--write", "json=c.json")
    assert result.stdout == ""
    assert "Table dogs is missing." in (project / "a.txt").read_text()
    assert (project / "b.md").read_text().startswith("# Database audit: ")
    assert json.loads((project / "c.json").read_text())["version"] == 1


def test_a_report_in_every_format(project: Path) -> None:
    written = [f"--write={name}=audit.{name}" for name in formats("audit")]
    assert _run("--fail-on", "never", *written).exit_code == 0
    assert all("dogs" in (project / f"audit.{name}").read_text() for name in formats("audit"))
    sarif = json.loads((project / "audit.sarif").read_text())
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "schema/target.sql"
    assert place["region"]["startLine"] == 2


@pytest.mark.parametrize("text", ["b.md", "markdown=", "pdf=b.pdf"])
def test_a_report_needs_a_format_and_a_file(text: str) -> None:
    result = _run("--write", text)
    assert result.exit_code == 2
    assert "write FORMAT=FILE" in " ".join(result.output.replace("│", "").split())


def test_where_nothing_can_be_written_nothing_is_done() -> None:
    result = _run("--output", "nowhere/report.md")
    assert result.exit_code == 2
    assert "The folder of nowhere/report.md does not exist" in result.stderr
    assert result.stdout == ""


def test_details_show_the_sql() -> None:
    assert "CREATE TABLE public.dogs" not in _run().stdout
    assert "CREATE TABLE public.dogs" in _run("--details").stdout


def test_only_some_checks() -> None:
    result = _run("--only", "structure", "--no-data-checks")
    assert result.exit_code == 0
    assert "PARTIAL" in result.stdout


def test_what_it_does_is_told_on_stderr_as_asked() -> None:
    spoken = CliRunner().invoke(application(), ["--verbose", "audit", "--format", "json"])
    assert "Running the checks." in spoken.stderr
    assert json.loads(spoken.stdout)["version"] == 1
    logged = CliRunner().invoke(
        application(), ["--verbose", "--log-format", "json", "audit", "--format", "json"]
    )
    events = [json.loads(line) for line in logged.stderr.splitlines()]
    assert events[-1] == {"event": "progress", "text": "Running the checks."}


def test_help_does_not_wait_for_what_it_does_not_need() -> None:
    for name in [name for name in sys.modules if name.startswith("gnkmigrate.audit.session")]:
        del sys.modules[name]
    assert _run("--help").exit_code == 0
    assert "gnkmigrate.audit.session" not in sys.modules


def test_what_is_accepted_does_not_fail_the_command(project: Path) -> None:
    (project / "audits").mkdir()
    (project / "audits" / "accepted.toml").write_text(
        '[[accepted]]\ncheck = "missing-table"\nobject = "public.dogs"\n'
        'reason = "There will be dogs."\ndate = 2025-12-01\n'
    )
    result = _run("--details")
    assert result.exit_code == 0
    assert "1 accepted finding is not counted." in result.stdout
    assert "accepted 2025-12-01  Table dogs is missing. There will be dogs." in result.stdout


def test_a_mistake_in_the_acceptances_is_exit_2(project: Path) -> None:
    (project / "audits").mkdir()
    (project / "audits" / "accepted.toml").write_text('[[accepted]]\nid = "x"\n')
    result = _run()
    assert result.exit_code == 2
    assert "line 1: reason: is missing" in result.stderr


def test_only_what_is_new_since_the_baseline_counts(project: Path, database: DatabaseUrl) -> None:
    assert "does not exist" in _run("--baseline", "then.json").stderr
    assert _run("--baseline", "then.json", "--update-baseline").exit_code == 0
    again = _run("--baseline", "then.json")
    assert again.exit_code == 0
    assert ": 0 new, 0 fixed, " in again.stdout
    execute(database, "DROP TABLE users")
    worse = _run("--baseline", "then.json")
    assert worse.exit_code == 1
    assert re.search(r"\(then\.json\):\s[1-9]\d* new", worse.stdout)
    assert (project / "then.json").is_file()


def test_the_last_report_is_compared_and_excuses_nothing(
    project: Path, database: DatabaseUrl
) -> None:
    (project / "audits").mkdir()
    assert _run("--update-baseline").exit_code == 0
    assert (project / "audits" / "baseline.json").is_file()
    assert _run().exit_code == 1
    execute(database, "CREATE TABLE dogs (id int PRIMARY KEY)")
    result = _run("--write", "html=page.html")
    assert "<polyline" in (project / "page.html").read_text()
    assert re.search(r"\(baseline\.json\):\s.*?[1-9]\d*\sfixed", result.stdout, re.DOTALL)


def test_a_baseline_is_never_made_of_half_an_audit() -> None:
    result = _run("--update-baseline", "--only", "structure")
    assert result.exit_code == 2
    assert "whole audit" in result.output


def test_a_check_is_explained_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/nothing")
    result = _run("--explain", "GNK-S002")
    assert result.exit_code == 0
    assert result.stdout.startswith("# GNK-S002 foreign-key-without-index")


def test_only_a_part_of_the_rows_may_be_asked_for() -> None:
    assert _run("--sample", "1000", "--only", "data").exit_code == 0
    assert _run("--sample", "0").exit_code == 2
