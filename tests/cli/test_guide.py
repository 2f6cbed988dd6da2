"""The guide's commands, statements and revisions, as they stand there, on the shop of examples/."""

import re
import shutil
from pathlib import Path

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.test_readme import exit_codes, typed
from tests.support import CLOSE_PUBLIC, ROOT, execute, execute_file, rows

GUIDE = (ROOT / "docs" / "guide.md").read_text()
SHOP = ROOT / "examples" / "shop"
EVERYTHING = """
SELECT o.id, c.name, a.street, s.name, placed_at AT TIME ZONE 'Europe/Vienna', total
FROM orders o JOIN customers c ON c.id = customer_id JOIN order_states s ON s.id = state_id
LEFT JOIN addresses a ON a.id = address_id ORDER BY o.id
"""


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    return GUIDE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_its_revisions_are_those_of_the_example() -> None:
    files = sorted((SHOP / "migrations" / "versions").glob("*.py"))
    assert fenced("python") == [file.read_text() for file in files]
    assert len(fenced("python")[0].splitlines()) <= 15


def test_from_init_to_contract(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, CLOSE_PUBLIC)
    for name in ("baseline.sql", "baseline-rows.sql"):
        execute_file(database, SHOP / "schema" / name)
    before = {table: rows(database, f"TABLE {table}") for table in ("customers", "orders")}
    environment, init = typed(section("The project"))[:2]

    def run(title: str) -> dict[str, int]:
        commands = [line for line in typed(section(title)) if line.startswith("gnkmigrate")]
        return exit_codes([environment, *commands], tmp_path, database)

    assert exit_codes([environment, init], tmp_path, database)[init] == 0
    for name in ("target.sql", "baseline-rows.sql"):
        shutil.copy(SHOP / "schema" / name, tmp_path / "schema")
    settings = tmp_path / "gnkmigrate.toml"
    said = re.sub(r"^source_timezone.*\n", "", settings.read_text(), flags=re.MULTILINE)
    settings.write_text(fenced("toml")[0] + said)
    for number, revision in enumerate(fenced("python"), start=1):
        (tmp_path / "migrations" / "versions" / f"{number:04}.py").write_text(revision)
    looked = exit_codes([environment, *typed(section("The project"))[2:]], tmp_path, database)
    assert looked["gnkmigrate doctor"] == 0
    assert looked["gnkmigrate audit"] == 1
    assert set(run("Tried before").values()) == {0}

    commands, insert, update = typed(section("Phase by phase")), *fenced("sql")[1:]
    first, rest = commands[:2], commands[2:]
    assert set(exit_codes([environment, *first], tmp_path, database).values()) == {0}
    execute(database, insert)
    execute(database, update)
    assert rows(database, "SELECT street FROM gnkmigrate_legacy.customers WHERE name = 'Dora'") == [
        ("Elm Street 2",)
    ]
    assert set(exit_codes([environment, *rest], tmp_path, database).values()) == {0}
    read = rows(database, EVERYTHING)
    assert [row[1:4] for row in read] == [
        ("Ann", "Elm Street 2", "sent"),
        ("Ben", "Elm Street 2", "paid"),
        ("Ann", "Elm Street 2", "new"),
    ]
    assert [row[4] for row in read] == [row[3] for row in before["orders"]]
    assert sorted(rows(database, "TABLE gnkmigrate_legacy.orders")) == before["orders"]

    assert set(run("And back").values()) == {0}
    assert rows(database, EVERYTHING) == read
    assert set(run("The end").values()) == {0}
    assert rows(database, EVERYTHING) == read
    assert rows(database, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^gnkmigrate_'") == []
