"""What the phases do to the schema, kept from one audit to the next."""

import os
import sys
from pathlib import Path

import pytest

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.schema_history import SchemaHistory, find, keep
from gnkmigrate.settings import Settings, load
from tests.audit.support import TIME
from tests.support import execute

MAJOR = 16
HISTORY = SchemaHistory(
    Snapshot.of([], 160000),
    (("tables", Snapshot.of([Fact(Identity("schema", ("app",)), None, {})], 160000)),),
)
REVISION = """
from alembic import op

revision, down_revision, phase = "0001", None, "dogs"


def upgrade() -> None:
    op.step("dogs", "CREATE TABLE dogs (id int PRIMARY KEY)", touches=())


def downgrade() -> None:
    op.step("dogs", "DROP TABLE dogs", touches=())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one phase."""
    for name, text in {
        "gnkmigrate.toml": 'baseline = "baseline.sql"\ntarget = "target.sql"\n',
        "baseline.sql": "CREATE TABLE users (id int);",
        "target.sql": "CREATE TABLE users (id int); CREATE TABLE dogs (id int PRIMARY KEY);",
        "migrations/versions/0001_dogs.py": REVISION,
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Its settings, and a cache of its own."""
    monkeypatch.setenv("GNKMIGRATE_CACHE_DIR", str(root / "cache"))
    return load(root / "gnkmigrate.toml")


def test_what_is_kept_is_found_again(project: Settings) -> None:
    assert find(project, MAJOR) is None
    keep(project, MAJOR, HISTORY)
    assert find(project, MAJOR) == HISTORY
    assert find(project, MAJOR - 1) is None


@pytest.mark.parametrize(
    "name", ["baseline.sql", "target.sql", "migrations/versions/0001_dogs.py", "migrations/a.csv"]
)
def test_a_file_of_the_project_that_changes_makes_it_another(project: Settings, name: str) -> None:
    keep(project, MAJOR, HISTORY)
    file = project.root / name
    file.write_text((file.read_text() if file.exists() else "") + "\n")
    assert find(project, MAJOR) is None


def test_so_does_a_setting(project: Settings) -> None:
    keep(project, MAJOR, HISTORY)
    assert find(project.model_copy(update={"policies": {"a": "b"}}), MAJOR) is None


def test_so_does_code_that_revisions_import(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = project.root / "helper_of_revisions.py"
    helper.write_text("NAME = 1\n")
    monkeypatch.syspath_prepend(str(project.root))
    __import__("helper_of_revisions")
    keep(project, MAJOR, HISTORY)
    del sys.modules["helper_of_revisions"]  # it is imported with the revisions, which are not
    assert find(project, MAJOR) == HISTORY
    os.utime(helper, ns=(1, 1))
    assert find(project, MAJOR) is None


def test_what_a_server_of_the_users_made_is_not_kept(project: Settings) -> None:
    given = {"server": {"provider": "url", "url": "postgresql://somewhere/"}}
    theirs = load(project.root / "gnkmigrate.toml", given)
    keep(theirs, MAJOR, HISTORY)
    assert find(theirs, MAJOR) is None


def test_a_file_that_cannot_be_read_is_left_to_who_runs_the_phases(
    root: Path, database: DatabaseUrl
) -> None:
    (root / "baseline.sql").write_bytes(b"CREATE TABLE \xff (id int);")
    settings = load(root / "gnkmigrate.toml", {"server": {"provider": "embedded"}})
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    (missed,) = [missed for missed in result.not_run if missed.check == "phases"]
    assert "baseline.sql" in missed.reason


def test_a_second_audit_says_the_same(root: Path, database: DatabaseUrl) -> None:
    """In the cache of all tests, which has the server; the folder's name makes it a new project."""
    (root / "baseline.sql").write_text(f"CREATE TABLE users (id int); -- {root}")
    settings = load(root / "gnkmigrate.toml", {"server": {"provider": "embedded"}})
    execute(database, "CREATE TABLE users (id int)")
    first, second = (
        audit_project(settings, database, AuditOptions(), TIME, lambda _: None) for _ in range(2)
    )
    assert (first.findings, first.phases) == (second.findings, second.phases)
    assert [gap.phase for gap in second.findings if gap.category == "gap"] == ["dogs"]
    assert find(settings, int(first.server_version.split(".")[0])) is not None
