"""What README and docs/ say is so: commands, settings, dependencies, and the example of a phase."""

import re
import tomllib
from pathlib import Path

import pytest

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.settings import (
    LimitSettings,
    PhaseSettings,
    ServerSettings,
    Settings,
    TypeormSettings,
)
from tests.cli.conftest import Command
from tests.support import ROOT, execute, rows

README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
COMMANDS = {
    *(command.name for command in application().registered_commands),
    *(group.name for group in application().registered_groups),
}


def test_every_command_of_the_readme_exists() -> None:
    typed = set(re.findall(r"^ +gnkmigrate (?:-\S+ )*(\w+)", README, re.MULTILINE))
    tabled = set(
        re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)))
    )
    assert typed | tabled <= COMMANDS
    assert tabled == COMMANDS


def test_every_task_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    tasks = set(re.findall(r"^ +make (\w+)$", README, re.MULTILINE))
    assert tasks == {"demo", "test"}
    assert all(f"\n{task}:" in makefile for task in tasks)
    assert "make test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#:]+)[^)]*\)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_every_setting_is_documented() -> None:
    text = (DOCS / "settings.md").read_text()
    of_tables = (ServerSettings, PhaseSettings, TypeormSettings, LimitSettings)
    names = {*Settings.model_fields, *(name for each in of_tables for name in each.model_fields)}
    tables = {"policies", "server", "phases", "typeorm", "limits"}
    missing = [name for name in names - tables - {"root"} if f"| `{name}` |" not in text]
    assert not missing
    assert all(f"`[{table}]`" in text for table in tables)


def test_the_defaults_are_as_documented() -> None:
    text = (DOCS / "settings.md").read_text()
    for name, field in LimitSettings.model_fields.items():
        default = {None: "none", False: "false"}.get(field.default, str(field.default))
        assert f"| `{name}` | {default} |" in text


def test_every_dependency_earns_its_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[><=]", requirement)[0] for each in lists for requirement in each}
    text = (DOCS / "dependencies.md").read_text()
    assert not [name for name in names if not re.search(rf"^\| .*\b{name}\b", text, re.MULTILINE)]


def test_every_operation_is_documented() -> None:
    text = (DOCS / "phases.md").read_text()
    folder = ROOT / "src" / "gnkmigrate" / "operations"
    sources = "".join(file.read_text() for file in folder.glob("*.py"))
    names = re.findall(r'^@operation\("(\w+)"\)', sources, re.MULTILINE)
    assert names
    assert not [name for name in names if f"op.{name}" not in text]


EXAMPLES = re.findall(r"```python\n(.*?)```", (DOCS / "phases.md").read_text(), re.DOTALL)


def example(folder: Path, code: str) -> tuple[str, ...]:
    """A project with this revision, as arguments of a command."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text("")
    (versions / "0001.py").write_text(code)
    settings = folder / "gnkmigrate.toml"
    settings.write_text('source_timezone = "Europe/Berlin"\n[policies]\ncurrency = "EUR"\n')
    return ("--config", str(settings))


def test_the_example_of_a_reversible_phase_goes_there_and_back(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    config = example(tmp_path, EXAMPLES[0])
    execute(
        database,
        "CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);"
        " INSERT INTO customers VALUES (7, 'ada@x');"
        " CREATE TABLE orders (id int PRIMARY KEY, price text NOT NULL, placed timestamp,"
        " customer text); INSERT INTO orders VALUES (1, '9.9', '2024-07-01', 'Ada@x')",
    )
    before = rows(database, "SELECT * FROM orders")
    assert gnkmigrate(database, *config, "upgrade", "--yes").exit_code == 0
    new = "SELECT price_in_cents, placed_at::text, customer FROM orders"
    assert rows(database, new) == [(990, "2024-06-30 22:00:00+00", 7)]
    assert gnkmigrate(database, *config, "verify").exit_code == 0
    assert gnkmigrate(database, *config, "downgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT * FROM orders") == before


def test_the_table_of_the_guide_is_split(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    config = example(tmp_path, EXAMPLES[2])
    assert len(EXAMPLES[2].splitlines()) <= 15
    execute(
        database,
        "CREATE TABLE customer"
        " (id int PRIMARY KEY, street text, zip text, city text, country text);"
        " INSERT INTO customer VALUES (1, 'High St', '100', 'York', 'UK'),"
        " (2, 'High St', '100', 'York', 'UK'), (3, NULL, NULL, NULL, NULL)",
    )
    before = rows(database, "SELECT * FROM customer ORDER BY id")
    assert gnkmigrate(database, *config, "upgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT street, postcode, town, country FROM address") == [
        ("High St", "100", "York", "UK")
    ]
    old = "SELECT * FROM gnkmigrate_legacy.customer ORDER BY id"
    assert rows(database, old) == before
    assert gnkmigrate(database, *config, "downgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT * FROM customer ORDER BY id") == before


def test_the_clubs_of_the_guide_become_two_tables(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    config = example(tmp_path, EXAMPLES[3])
    execute(
        database,
        "CREATE TABLE people (login text PRIMARY KEY); INSERT INTO people VALUES ('ann'), ('ben');"
        " CREATE TABLE membership (login text REFERENCES people, club text, motto text,"
        " state text NOT NULL DEFAULT 'in', joined timestamp, PRIMARY KEY (login, club));"
        " INSERT INTO membership VALUES ('ann', 'Go', 'stones', 'in', '2024-07-01'),"
        " ('ben', 'Go', 'stones', 'in', '2024-07-02'), ('ben', 'Judo', NULL, 'out', NULL)",
    )
    before = rows(database, "SELECT * FROM membership ORDER BY login, club")
    assert gnkmigrate(database, *config, "upgrade", "--yes").exit_code == 0
    new = "SELECT login, name, motto, kind FROM membership JOIN club ON id = club_id ORDER BY login"
    assert rows(database, new) == [
        ("ann", "Go", "stones", "sport"),
        ("ben", "Go", "stones", "sport"),
    ]
    assert gnkmigrate(database, *config, "verify").exit_code == 0
    assert gnkmigrate(database, *config, "downgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT * FROM membership ORDER BY login, club") == before


def test_the_example_of_a_phase_goes_there_and_back(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    config = example(tmp_path, EXAMPLES[1])
    execute(
        database,
        "CREATE TABLE product (id int PRIMARY KEY, price text NOT NULL);"
        " INSERT INTO product VALUES (1, '9.99'), (2, '5'), (3, '7.50')",
    )
    assert gnkmigrate(database, *config, "upgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT price_in_cents, currency FROM product ORDER BY id") == [
        (999, "EUR"),
        (500, "EUR"),
        (750, "EUR"),
    ]
    assert gnkmigrate(database, *config, "verify").exit_code == 0
    assert gnkmigrate(database, *config, "downgrade", "--yes").exit_code == 0
    assert rows(database, "SELECT price FROM product ORDER BY id") == [("9.99",), ("5",), ("7.50",)]
