"""What is shipped: the wheel on its own, types, shell completion, the documentation as a site."""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gnkmigrate import __version__
from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.shop import DATABASE, REVISION, WANTED
from tests.support import ROOT, execute, rows

COMMANDS = [command.name for command in application().registered_commands if command.name]
README = (ROOT / "README.md").read_text()
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


@dataclass(frozen=True)
class Elsewhere:
    """A folder outside of the checkout, and a gnkmigrate that knows nothing of the checkout.

    Attributes:
        folder: where commands run.
        python: the Python of the new environment.
        environment: that of the commands, without what could lead back to the checkout.
    """

    folder: Path
    python: Path
    environment: dict[str, str] = field(repr=False)

    def __call__(self, command: str, expected: int = 0) -> str:
        """Runs a command of gnkmigrate and gives what it says on stdout."""
        ran = subprocess.run(
            [self.python.with_name("gnkmigrate"), *shlex.split(command)],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )
        assert ran.returncode == expected, f"{command}: {ran.stdout}{ran.stderr}"
        return ran.stdout


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The built wheel."""
    options = ("--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path))
    subprocess.run([*PIP, "wheel", *options, str(ROOT)], check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    return built


@pytest.fixture
def elsewhere(wheel: Path, tmp_path: Path, database: DatabaseUrl) -> Elsewhere:
    """The wheel and what it asks for, installed into an environment of their own."""
    folder, made = tmp_path / "shop", tmp_path / "environment"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    python = made / "bin" / "python"
    options = ("--no-compile", "--constraint", str(ROOT / "requirements.txt"), str(wheel))
    subprocess.run([*PIP, "--python", python, "install", *options], check=True, capture_output=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "PYTHON", "DATABASE_URL", "GNKMIGRATE_TEST"))
    }
    return Elsewhere(folder, python, environment | {"DATABASE_URL": database.conninfo})


@pytest.mark.packaging
def test_the_wheel_works_where_nothing_else_of_the_project_is(
    elsewhere: Elsewhere, wheel: Path, database: DatabaseUrl
) -> None:
    assert "gnkmigrate/py.typed" in zipfile.ZipFile(wheel).namelist()
    manual = elsewhere.python.parents[1] / "share" / "man" / "man1" / "gnkmigrate.1"
    assert manual.read_bytes() == (ROOT / "docs" / "gnkmigrate.1").read_bytes()
    execute(database, DATABASE)
    folder = elsewhere.folder

    elsewhere(f"init --from-url {shlex.quote(database.conninfo)}")
    target, baseline = folder / "schema" / "target.sql", folder / "schema" / "baseline.sql"
    target.write_text(target.read_text() + WANTED)
    (folder / "migrations" / "versions" / "0001_prices.py").write_text(REVISION)

    assert "product_price_idx" in elsewhere(f"diff {baseline} {target}", expected=1)
    assert "product_price_idx" in elsewhere("audit --format json --fail-on never")
    assert "CREATE INDEX" in elsewhere("plan", expected=1)
    assert "prices" in elsewhere("upgrade --yes")
    assert rows(database, "SELECT to_regclass('product_price_idx') IS NOT NULL") == [(True,)]
    elsewhere(f"diff {shlex.quote(database.conninfo)} {target}")
    assert "done" in elsewhere("status")
    elsewhere("verify")
    elsewhere("downgrade --yes")
    assert rows(database, "SELECT to_regclass('product_price_idx')") == [(None,)]


@pytest.mark.packaging
def test_the_readmes_lines_for_a_wheel(wheel: Path, tmp_path: Path) -> None:
    """With pipx and uv in an environment of their own, whose caches are nobody else's."""
    made = tmp_path / "tools"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    tools = ("--no-compile", "pipx==1.18.4", "uv==0.13.9")
    subprocess.run([*PIP, "--python", made / "bin" / "python", "install", *tools], check=True)
    ours = {
        "PATH": f"{tmp_path / 'bin'}:{made / 'bin'}:{os.environ['PATH']}",
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
    }
    lines = re.findall(r"^    ((?:uvx|pipx) .*\.whl.*)$", README, re.MULTILINE)
    assert len(lines) == 2
    for line in (*lines, "gnkmigrate --version"):
        command = line.replace("demo", "--version")
        ran = subprocess.run(
            ["/bin/sh", "-c", command],
            check=False,
            capture_output=True,
            text=True,
            cwd=wheel.parent,
            env={**os.environ, **ours},
        )
        assert ran.returncode == 0, f"{line}: {ran.stdout}{ran.stderr}"
        assert f"gnkmigrate {__version__}" in ran.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell: str) -> None:
    asked = {"_GNKMIGRATE_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "gnkmigrate up"}
    bash = {"COMP_WORDS": "gnkmigrate up", "COMP_CWORD": "1"}
    told = {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    answer = subprocess.run(
        [Path(sys.executable).with_name("gnkmigrate")],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **asked, **bash, **told},
    )
    assert "upgrade" in answer.stdout
    assert "audit" not in answer.stdout


def test_the_documentation_is_a_site_whose_links_hold(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert built.returncode == 0, built.stderr
    reference = (tmp_path / "reference.html").read_text()
    assert [name for name in COMMANDS if f"Usage: gnkmigrate {name}" not in reference] == []
    assert "gnkmigrate audits a live PostgreSQL" in (tmp_path / "index.html").read_text()
