"""Small projects for tests, and copies of MineGNK's."""

import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from gnkmigrate.check import CheckOptions, CheckResult, check
from gnkmigrate.servers import Server
from gnkmigrate.settings import load
from tests.support import ROOT

SETTINGS = """
target = "target.sql"
baseline = "baseline.sql"
"""
BASELINE = """
CREATE TABLE product (id int PRIMARY KEY, name text NOT NULL UNIQUE, price text, sold boolean);
"""
TARGET = """
CREATE TABLE product (
    id int PRIMARY KEY, name text NOT NULL UNIQUE, price text, sold boolean,
    label text DEFAULT 'none'
);
"""
REVISION = '''
"""Labels of products."""

from alembic import op

revision = "0001"
down_revision = None
phase = "labels"


def upgrade() -> None:
    op.step("labels", "ALTER TABLE product ADD COLUMN label text DEFAULT 'none'")


def downgrade() -> None:
    op.step("labels", "ALTER TABLE product DROP COLUMN label")
'''


def write_project(
    folder: Path,
    revisions: Mapping[str, str],
    *,
    baseline: str = BASELINE,
    target: str = TARGET,
    settings: str = SETTINGS,
) -> Path:
    """Writes a project; gives its settings file.

    Args:
        folder: where to.
        revisions: the files of migrations/versions, by name.
        baseline: the schema to start from.
        target: the schema to come to.
        settings: gnkmigrate.toml.
    """
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text("")
    for name, text in revisions.items():
        (versions / name).write_text(text)
    (folder / "baseline.sql").write_text(baseline)
    (folder / "target.sql").write_text(target)
    (folder / "gnkmigrate.toml").write_text(settings)
    return folder / "gnkmigrate.toml"


def copy_minegnk(folder: Path) -> Path:
    """A copy of MineGNK's project, to be changed; gives its settings file."""
    for name in ("schema", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "gnkmigrate.toml", folder)
    return folder / "gnkmigrate.toml"


def checked(
    config: Path, server: Server, options: CheckOptions | None = None, **changed: Any
) -> CheckResult:
    """The project's revisions checked on a server that runs already, with changed settings."""
    settings = load(config).model_copy(update=changed)
    return check(settings, lambda: nullcontext(server), options or CheckOptions(), lambda _: None)


def states(result: CheckResult) -> dict[str, str]:
    """The state of each point, by its title."""
    return {point.title: point.state for point in result.points}


def problems(result: CheckResult) -> dict[str, tuple[str, ...]]:
    """What did not hold, by the title of the point."""
    return {point.title: point.problems for point in result.points if point.problems}
