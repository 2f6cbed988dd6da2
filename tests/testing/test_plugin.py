"""The example's tests run as its owner runs them; and what they say of a project with mistakes."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from gnkmigrate.servers import Server
from gnkmigrate.testing import PhaseDatabase
from tests.support import ROOT

SHOP = ROOT / "examples" / "prices"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the example project."""
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    return folder


def run(folder: Path, server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs pytest in a folder, on a server that runs already."""
    given = {
        "GNKMIGRATE_SERVER__PROVIDER": "url",
        "GNKMIGRATE_SERVER__URL": server.url.conninfo,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "gnkmigrate.testing.plugin", "-rA", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**inherited, **given},
    )


def test_pytest_knows_the_plugin() -> None:
    (found,) = entry_points(group="pytest11", name="gnkmigrate")
    assert found.value == "gnkmigrate.testing.plugin"


def test_the_example_passes(shop: Path, server: Server) -> None:
    ran = run(shop, server)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in (
        "test_single_head",
        "test_upgrade[cents]",
        "test_downgrade_restores_rows[names]",
        "test_the_old_application_works_at_each_phase[baseline]",
        "test_the_old_application_works_at_each_phase[names]",
        "test_prices_in_cents",
    ):
        assert f"PASSED tests/test_migrations.py::{name}" in ran.stdout.replace(
            "TestMigrations::", ""
        )
    assert "no view keeps the old shape" in ran.stdout  # a test that is skipped says why


def test_a_mistake_fails_the_test_that_is_about_it(shop: Path, server: Server) -> None:
    revision = shop / "migrations" / "versions" / "0002_names.py"
    revision.write_text(revision.read_text().replace("(name)", "(price)"))
    ran = run(shop, server, "tests/test_migrations.py::TestMigrations")
    assert ran.returncode == 1
    assert "FAILED tests/test_migrations.py::TestMigrations::test_no_gap_at_head" in ran.stdout
    assert ran.stdout.count("\nFAILED ") == 1
    assert "product_name" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_two_heads_fail_one_test_and_skip_the_others(shop: Path, server: Server) -> None:
    revision = shop / "migrations" / "versions" / "0002_names.py"
    revision.write_text(revision.read_text().replace('"0001"', "None"))
    ran = run(shop, server, "tests/test_migrations.py::TestMigrations")
    assert ran.returncode == 1
    assert "TestMigrations::test_single_head - " in ran.stdout
    assert ran.stdout.count("\nFAILED ") == 1
    assert "not reached: revisions failed" in ran.stdout


def test_a_project_that_is_not_there(shop: Path, server: Server) -> None:
    (shop / "gnkmigrate.toml").rename(shop / "other.toml")
    ran = run(shop, server)
    assert ran.returncode != 0
    assert "There is no gnkmigrate.toml in" in ran.stdout + ran.stderr
    assert run(shop, server, "-o", "gnkmigrate_config=other.toml", "--collect-only").returncode == 0


def test_the_address_is_one_that_others_take(server: Server) -> None:
    with server.database() as url:
        database = PhaseDatabase("", url.conninfo, ("public",))
        with psycopg.connect(database.uri) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        engine = create_engine(database.uri.replace("postgresql:", "postgresql+psycopg:", 1))
        with engine.connect() as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
        engine.dispose()
