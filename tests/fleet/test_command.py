"""`gnkmigrate fleet` as it is typed, on real databases."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from psycopg import conninfo
from typer.testing import Result

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.fleet.conftest import Shops
from tests.support import ROOT, execute, rows

PAGE = (ROOT / "docs" / "fleet.md").read_text()
SCHEMA = json.loads((ROOT / "docs" / "fleet.schema.json").read_text())
Fleet = Callable[..., Result]


@pytest.fixture
def fleet(gnkmigrate: Command, shops: Shops, scheduler: str) -> Fleet:
    """Runs a command of the fleet on the two workers: fleet("status", "--targets", file)."""

    def run(command: str, *arguments: object, url: DatabaseUrl | None = None) -> Result:
        given = (command, *map(str, arguments), "--on", scheduler)
        return gnkmigrate(url, "--config", str(shops.config), "fleet", *given)

    return run


def test_the_document_is_as_its_schema_says(fleet: Fleet, shops: Shops) -> None:
    one, two = shops.made(2)
    file = shops.listed({"one": one, "two": two, "": "x"}, region={"one": "eu"})
    status = fleet("status", "--targets", file, "--format", "json")
    assert status.exit_code == 2  # for the line without a name
    audit = fleet("audit", "--targets", file, "--format", "json", "--shard", "1/1")
    for shown in (status, audit):
        document = json.loads(shown.stdout)
        jsonschema.validate(document, SCHEMA)
        assert [each["name"] for each in document["targets"]] == ["one", "two", "(line 4)"]
        assert document["targets"][0]["labels"] == {"region": "eu"}
        assert document["groups"][0]["targets"] == ["one", "two"]
    password = str(conninfo.conninfo_to_dict(one.conninfo)["password"])
    assert password not in status.output + audit.output


def test_upgraded_in_seven_parts_each_database_once(fleet: Fleet, shops: Shops) -> None:
    urls = {f"shop{number}": url for number, url in enumerate(shops.made(6))}
    file = shops.listed(urls)
    seen: list[str] = []
    for part in range(1, 8):
        up = ("upgrade", "--targets", file, "--yes", "--format", "json", "--shard", f"{part}/7")
        shown = fleet(*up)
        assert shown.exit_code == 0
        seen += [each["name"] for each in json.loads(shown.stdout)["targets"]]
    assert sorted(seen) == sorted(urls)
    for url in urls.values():
        ran = rows(url, "SELECT phase, count(*) FROM gnkmigrate.run GROUP BY 1 ORDER BY 1")
        assert ran == [("city", 1), ("notes", 1)]


def test_reports_in_files_are_harmless(fleet: Fleet, shops: Shops, tmp_path: Path) -> None:
    shop = shops.made()[0]
    execute(shop, 'CREATE TABLE "<script>|evil\n" (id int)')
    file = shops.listed({"<b>shop</b>": shop, "gone": "host=/nowhere dbname=x"})
    shown = fleet(
        *("audit", "--targets", file, "--details"),
        *("--write", f"html={tmp_path}/a.html", "--write", f"markdown={tmp_path}/a.md"),
    )
    assert shown.exit_code == 3
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    assert "failed for now" in shown.stdout
    html = (tmp_path / "a.html").read_text()
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    markdown = (tmp_path / "a.md").read_text()
    assert "<script" not in markdown
    assert "<b>" not in markdown.replace("`<b>shop</b>`", "")


def test_nothing_is_changed_unasked(fleet: Fleet, shops: Shops) -> None:
    url = shops.made()[0]
    refused = fleet("upgrade", "--targets", shops.listed({"one": url}))
    assert refused.exit_code == 2
    assert "asks before it changes 1 database" in refused.stderr
    assert rows(url, "SELECT to_regnamespace('gnkmigrate')::text") == [(None,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "one of --targets FILE, --query SQL, --schemas PATTERN"),
        (("--targets", "a.csv", "--query", "SELECT"), "one of --targets FILE"),
        (("--targets", "gone.csv"), "cannot be read"),
        (("--targets", "gone.csv", "--processes", "2"), "exclude each other"),
        (("--targets", "gone.csv", "--shard", "9/7"), "no part 9/7"),
        (("--targets", "gone.csv", "--write", "pdf=x"), "FORMAT is one of"),
    ],
)
def test_what_cannot_be_meant(fleet: Fleet, arguments: tuple[str, ...], message: str) -> None:
    refused = fleet("status", *arguments)
    assert refused.exit_code == 2
    assert message in " ".join(re.sub("[│╭╮╰╯─]", "", refused.stderr).split())


def test_what_to_take_back_is_to_be_said(fleet: Fleet, shops: Shops) -> None:
    refused = fleet("downgrade", "--targets", shops.listed({"one": shops.made()[0]}))
    assert refused.exit_code == 2
    assert "--phase, --through, or --all" in refused.stderr


def test_a_tenant_is_a_schema(
    fleet: Fleet, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tenant_a", "tenant_b", 'tenant_"c'):
        schema = '"' + name.replace('"', '""') + '"'
        execute(
            database,
            f"CREATE SCHEMA {schema};"
            f"CREATE TABLE {schema}.shop (id int PRIMARY KEY, name text NOT NULL, city text);"
            f"CREATE TABLE {schema}.note (id int PRIMARY KEY, body text NOT NULL)",
        )
    execute(database, "ALTER TABLE tenant_b.shop DROP COLUMN city; CREATE TABLE shop (x int)")
    given = conninfo.conninfo_to_dict(database.conninfo)
    monkeypatch.setenv("PGPASSWORD", str(given.pop("password")))
    url = DatabaseUrl(conninfo.make_conninfo("", **given))
    found = {}
    for command in ("audit", "plan", "status"):
        shown = fleet(
            *(command, "--schemas", "tenant_*", "--schemas", "gone", "--format", "json"),
            url=url,
        )
        document = json.loads(shown.stdout)
        jsonschema.validate(document, SCHEMA)
        found[command] = {each["name"]: each["state"] for each in document["targets"]}
    assert found["plan"] == {
        'tenant_"c': "clean",
        "tenant_a": "clean",
        "tenant_b": "pending",
        "gone": "failed",
    }
    assert found["status"] == found["plan"]
    assert found["audit"]["tenant_a"] == "clean"
    refused = fleet("upgrade", "--schemas", "tenant_*", "--yes", url=url)
    assert refused.exit_code == 2
    assert "fleet plan --schemas" in refused.stderr


def _typed() -> list[str]:
    """The commands of the page, for one shell, those of CI and batch systems included."""
    shown = re.findall(r"^    (gnkmigrate fleet .*)$", PAGE, re.MULTILINE)
    shown += re.findall(r"--wrap '(gnkmigrate [^']*)'$", PAGE, re.MULTILINE)
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    job, workflow = (yaml.safe_load(block) for block in blocks)
    container = job["spec"]["template"]["spec"]["containers"][0]
    steps = workflow["jobs"]["upgrade"]["steps"]
    airflow = re.findall(r'f"(gnkmigrate [^"]*)"', PAGE)
    return [*shown, shlex.join(container["command"]), steps[1]["run"], *airflow]


_VALUES = {
    "$CI_NODE_INDEX/$CI_NODE_TOTAL": "1/1",
    "$SLURM_ARRAY_TASK_ID/7": "1/1",
    "${{ matrix.part }}/7": "1/1",
    "{part}/7": "1/1",
    "--on tcp://scheduler:8786": "",
    "--schemas 'tenant_*'": "--targets shops.csv",
    "--through orders": "--through notes",
}


@pytest.mark.parametrize("command", list(dict.fromkeys(_typed())))
def test_what_the_page_says_to_type_works(
    command: str, fleet: Fleet, shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "0")
    for written, meant in _VALUES.items():
        command = command.replace(written, meant)
    file = shops.listed({"one": shops.made()[0]})
    arguments = [str(file) if each == "shops.csv" else each for each in shlex.split(command)[2:]]
    shown = fleet(*arguments)
    assert shown.exit_code in {0, 1}, shown.output
    if "rehearse" in arguments:
        assert re.search(r"^  clean +1$", shown.stdout, re.MULTILINE)
