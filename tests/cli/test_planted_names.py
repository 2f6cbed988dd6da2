"""What somebody plants in a schema of the project is called by no command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.run.hostile import Hostile, hostile
from tests.run.test_attacks import PLANTED, TELLING
from tests.small import Small
from tests.support import execute

UP = """
op.keep_shape("public.item")
op.rename_columns("public.item", {"n": "number"})
op.verify("there is a row", "SELECT 1 WHERE NOT EXISTS (SELECT FROM public.item)")
"""


@pytest.fixture
def enemy(small: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    small.reversible(1, UP)
    (small.folder / "env.py").write_text(
        "from gnkmigrate.run.environment import run\n\nrun()\n", encoding="utf-8"
    )
    monkeypatch.setenv("GNKMIGRATE_MIGRATIONS", str(small.folder))
    with hostile(small.url) as role:
        execute(
            small.url,
            'GRANT CREATE ON SCHEMA public TO "gnk Hostile";'
            "CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 1)",
        )
        role.plants(PLANTED)
        yield role


def test_no_command_calls_it(gnkmigrate: Command, small: Small, enemy: Hostile) -> None:
    refused = gnkmigrate(small.url, "upgrade", "--yes")
    assert refused.exit_code == 2
    assert "may be taken for PostgreSQL's" in refused.stderr

    trusting = ("--trust-triggers", "--yes")
    for command in (
        ("upgrade", "--dry-run", "--trust-triggers"),
        ("upgrade", *trusting),
        ("status",),
        ("verify", "--trust-triggers"),
        ("doctor",),
        ("downgrade", *trusting),
        ("upgrade", *trusting),
        ("contract", *trusting),
    ):
        ran = gnkmigrate(small.url, *command)
        assert ran.exit_code in {0, 1}, (command, ran.output, ran.stderr)
        assert not enemy.has_risen, command
        if command[0] == "status":
            asked = gnkmigrate(small.url, "verify")
            assert asked.exit_code == 2
            assert "may be taken for PostgreSQL's" in asked.stderr


def test_alembic_does_not_either(small: Small, enemy: Hostile) -> None:
    config = small.folder / "alembic.ini"
    config.write_text(f"[alembic]\nscript_location = {small.folder}\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(config), "upgrade", "head"],
        env={
            **os.environ,
            "DATABASE_URL": small.url.conninfo,
            "GNKMIGRATE_TRUST_TRIGGERS": "true",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not enemy.has_risen


def test_what_works_on_a_copy_does_not_either(
    gnkmigrate: Command, small: Small, tmp_path: Path
) -> None:
    """There is no seeing afterwards what ran on the copy: here planted code says that it did."""
    small.reversible(1, UP)
    execute(
        small.url, "CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 1)"
    )
    execute(small.url, TELLING)
    queries = tmp_path / "audits" / "queries"
    queries.mkdir(parents=True)
    (queries / "all.sql").write_text('-- ---\n-- name = "all"\n-- ---\nSELECT id FROM item;\n')
    (tmp_path / "target.sql").write_text("CREATE TABLE item (id int PRIMARY KEY, number int);")
    config = tmp_path / "gnkmigrate.toml"
    config.write_text(f'migrations = "{small.folder}"\ntarget = "target.sql"\n')
    for arguments in (("rehearse", "--format", "json"), ("impact",), ("impact", "--live")):
        ran = gnkmigrate(small.url, "--config", str(config), *arguments)
        assert "planted" not in ran.output + ran.stderr, ran.output
        # The target has none of the planted functions, which is a gap.
        assert ran.exit_code == int(arguments[0] == "rehearse"), ran.output
        if arguments[0] == "rehearse":
            stages = json.loads(ran.stdout)["stages"]
            assert [each["name"] for each in stages if each["state"] != "ok"] == ["audit"]
