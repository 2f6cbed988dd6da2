"""CONTRIBUTING.md's recipes: put into a copy of the package, each is found by the tool at once."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.support import ROOT, execute, rows

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
FILES = re.compile(r"^```\w+\n(?:#|--) (src/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Copied = Callable[..., subprocess.CompletedProcess[str]]

REVISION = '''"""Pages with room for updates."""

from gnkmigrate import op

revision = "0001"
down_revision = None
phase = "pages"


@op.reversible
def upgrade() -> None:
    op.set_fill_factor("public.parcel", 70)
'''


@pytest.fixture
def recipe(request: pytest.FixtureRequest, tmp_path: Path, database: DatabaseUrl) -> Copied:
    """Runs a command of a copy of the package with the files of one recipe, in an empty folder."""
    wanted = request.param
    section = GUIDE.partition(f"\n## Add {wanted}\n")[2].partition("\n## ")[0]
    copy, here = tmp_path / "copy", tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "gnkmigrate", copy / "src" / "gnkmigrate", ignore=ignored)
    found = FILES.findall(section)
    assert found
    for name, text in found:
        file = copy / name
        assert not file.exists()
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    here.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        foreign = ("PG", "DATABASE_URL")
        kept = {name: each for name, each in os.environ.items() if not name.startswith(foreign)}
        return subprocess.run(
            [sys.executable, "-m", "gnkmigrate", *arguments],
            cwd=here,
            env={**kept, "PYTHONPATH": str(copy / "src"), "DATABASE_URL": database.conninfo},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def make_tablespace(database: DatabaseUrl) -> Iterator[Callable[[str], None]]:
    """Makes one that lies within the server's folder, for which only superusers may ask."""
    made = []

    def make(name: str) -> None:
        with connect(database) as connection:
            connection.execute("SET allow_in_place_tablespaces = on")
            connection.execute(f"CREATE TABLESPACE {name} LOCATION ''".encode())
        made.append(name)

    yield make
    for name in made:
        with connect(database) as connection:
            connection.execute(f"DROP TABLESPACE {name}".encode())


@pytest.mark.parametrize("recipe", ["a kind of object"], indirect=True)
def test_a_kind_is_read_and_compared(
    recipe: Copied, make_tablespace: Callable[[str], None], tmp_path: Path
) -> None:
    (tmp_path / "project" / "gnkmigrate.toml").write_text("roles = true\n")
    assert recipe("snapshot", "--output", "before.json").returncode == 0
    make_tablespace("recipe")
    assert recipe("snapshot", "--output", "after.json").returncode == 0
    different = recipe("diff", "before.json", "after.json")
    assert different.returncode == 1, different.stderr
    assert "tablespace recipe" in different.stdout


@pytest.mark.parametrize("recipe", ["a check"], indirect=True)
def test_a_check_is_run_and_explained(recipe: Copied, database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE parcel_old (id int PRIMARY KEY)")
    found = recipe("audit", "--only", "left-over-table", "--fail-on", "info")
    assert found.returncode == 1, found.stderr
    assert "Table parcel_old looks left over." in found.stdout
    assert "Copies that somebody made" in recipe("audit", "--explain", "GNK-S900").stdout


@pytest.mark.parametrize("recipe", ["an operation"], indirect=True)
def test_an_operation_goes_there_and_back(
    recipe: Copied, database: DatabaseUrl, tmp_path: Path
) -> None:
    execute(database, "CREATE TABLE parcel (id int PRIMARY KEY)")
    assert recipe("init").returncode == 0
    versions = tmp_path / "project" / "migrations" / "versions"
    (versions / "0001_pages.py").write_text(REVISION)
    options = "SELECT reloptions::text FROM pg_class WHERE relname = 'parcel'"

    ran = recipe("upgrade", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert rows(database, options) == [("{fillfactor=70}",)]
    assert recipe("downgrade", "--yes").returncode == 0
    assert rows(database, options) == [("{fillfactor=100}",)]


@pytest.mark.parametrize("recipe", ["a renderer"], indirect=True)
def test_a_renderer_shows_an_audit(recipe: Copied, database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE parcel (id int)")
    shown = recipe("audit", "--only", "structure", "--format", "names")
    assert "Table parcel has no primary key" in shown.stdout, shown.stderr


@pytest.mark.parametrize("recipe", ["a command"], indirect=True)
def test_a_command_is_in_the_help_and_runs(recipe: Copied, database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE parcel (id int PRIMARY KEY)")
    assert "List the tables of the live database." in recipe("--help").stdout
    assert recipe("tables").stdout == "public.parcel\n"
