"""An audit of a project: where its target comes from, and what its migrations tell."""

import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.session import audit_project
from gnkmigrate.audit.target import named
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.errors import SchemaError, SettingsError
from gnkmigrate.facts.document import write_document
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render.parts.summary import summarise
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.audit.support import TIME
from tests.support import execute

USERS = "CREATE TABLE users (id int PRIMARY KEY);"
PHASE = """
from alembic import op

revision = "{revision}"
down_revision = {down}
phase = "{phase}"


def upgrade() -> None:
    op.step("{phase}", "{sql}", touches=())


def downgrade() -> None:
    op.step("{phase}", "SELECT 1", touches=())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a target of users and dogs."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "target.sql").write_text(
        f"{USERS} CREATE TABLE dogs (id int PRIMARY KEY);"
    )
    (tmp_path / "gnkmigrate.toml").write_text('baseline = "schema/baseline.sql"\n')
    (tmp_path / "schema" / "baseline.sql").write_text(USERS)
    return tmp_path


@pytest.fixture
def settings(project: Path, server: Server) -> Settings:
    given = {"provider": "url", "url": server.url.conninfo}
    return load(project / "gnkmigrate.toml", {"server": given})


def _add_phase(project: Path, sql: str) -> None:
    versions = project / "migrations" / "versions"
    versions.mkdir(parents=True)
    text = PHASE.format(revision="0001", down=None, phase="dogs", sql=sql)
    (versions / "0001_dogs.py").write_text(text)


def _messages(settings: Settings, url: DatabaseUrl, options: AuditOptions) -> list[str]:
    """What it says about gaps."""
    result = audit_project(settings, url, options, TIME, lambda _: None)
    return [finding.message for finding in result.findings if finding.category == "gap"]


def test_the_target_is_the_settings_own(settings: Settings, database: DatabaseUrl) -> None:
    execute(database, USERS)
    assert _messages(settings, database, AuditOptions()) == ["Table dogs is missing."]


def test_the_target_may_be_a_database_or_a_snapshot(
    settings: Settings, database: DatabaseUrl, server: Server, tmp_path: Path
) -> None:
    execute(database, USERS)
    with server.database() as other:
        execute(other, f"{USERS} CREATE TABLE cats (id int PRIMARY KEY)")
        with connect(other) as connection:
            (tmp_path / "cats.json").write_text(write_document(read_snapshot(connection)))
        from_url = _messages(settings, database, AuditOptions(target=other.conninfo))
    from_file = _messages(settings, database, AuditOptions(target=str(tmp_path / "cats.json")))
    assert from_url == from_file == ["Table cats is missing."]


def test_a_password_in_the_targets_address_is_not_kept(
    settings: Settings, database: DatabaseUrl
) -> None:
    execute(database, USERS)
    password = str(conninfo.conninfo_to_dict(database.conninfo)["password"])
    for target in (database.conninfo, f"postgresql://user:{password}@localhost/shop"):
        assert password not in named(target)
    result = audit_project(
        settings, database, AuditOptions(target=database.conninfo), TIME, lambda _: None
    )
    assert password not in result.target_name


def test_without_a_target_file_the_checks_run_alone(
    settings: Settings, database: DatabaseUrl, project: Path
) -> None:
    (project / "schema" / "target.sql").unlink()
    execute(database, USERS)
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    assert result.target is None
    assert {finding.kind for finding in result.findings} == {"check"}


@pytest.mark.parametrize(
    "needs",
    [
        "CREATE EXTENSION nowhere",
        "CREATE EXTENSION plpgsql VERSION 'none'",
        "CREATE COLLATION c (locale = 'xx_NOWHERE')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '$libdir/nowhere', 'f'",
        "CREATE TABLE t () TABLESPACE nowhere",
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, StopWords = nowhere)",
    ],
)
def test_what_the_throwaway_server_lacks_stops_no_check(
    settings: Settings, database: DatabaseUrl, project: Path, needs: str
) -> None:
    if "plpgsql" in needs:
        needs = f"DROP EXTENSION plpgsql; {needs}"
    (project / "schema" / "target.sql").write_text(needs)
    execute(database, "CREATE TABLE users (id integer)")
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    (lacking,) = [each for each in result.not_run if each.check == "target"]
    assert "[server] in gnkmigrate.toml" in lacking.reason
    assert "Table users has no primary key." in {each.message for each in result.findings}
    assert "the target could not be loaded" in {each.reason for each in result.not_run}
    assert summarise(result).verdict.startswith("The target could not be loaded here")


def test_all_schemas_are_read_unless_the_settings_name_some(
    settings: Settings, database: DatabaseUrl, project: Path
) -> None:
    (project / "schema" / "target.sql").unlink()
    execute(database, f"{USERS} CREATE SCHEMA app; CREATE TABLE app.t (a integer)")
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    assert result.schemas == ("app", "public")
    assert "Table app.t has no primary key." in {each.message for each in result.findings}
    named = settings.model_copy(update={"schemas": ("public",)})
    result = audit_project(named, database, AuditOptions(), TIME, lambda _: None)
    assert result.schemas == ("public",)
    (left_out,) = result.not_compared
    assert (str(left_out), left_out.on_purpose) == ("1 object (app.t)", True)


def test_a_target_that_was_asked_for_must_exist(settings: Settings, database: DatabaseUrl) -> None:
    with pytest.raises(SchemaError):
        audit_project(settings, database, AuditOptions(target="nowhere.sql"), TIME, lambda _: None)


def test_the_phase_that_closes_a_gap_is_named(
    settings: Settings, database: DatabaseUrl, project: Path
) -> None:
    execute(database, USERS)
    _add_phase(project, "CREATE TABLE dogs (id int PRIMARY KEY)")
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    gaps = [finding for finding in result.findings if finding.category == "gap"]
    assert [gap.phase for gap in gaps] == ["dogs"]
    assert result.phases == ("dogs",)


def test_migrations_that_fail_do_not_silence_the_audit(
    settings: Settings, database: DatabaseUrl, project: Path
) -> None:
    execute(database, USERS)
    _add_phase(project, "CREATE TABLE dogs (id nothing)")
    assert _messages(settings, database, AuditOptions()) == ["Table dogs is missing."]
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    (missed,) = [missed for missed in result.not_run if missed.check == "phases"]
    assert "dogs" in missed.reason


def test_a_check_that_does_not_exist_is_refused(settings: Settings, database: DatabaseUrl) -> None:
    options = AuditOptions(selection=Selection(only=("missing-tabel",)))
    with pytest.raises(SettingsError, match="There is no check missing-tabel"):
        audit_project(settings, database, options, TIME, lambda _: None)


def test_somebody_who_changes_the_schema_is_not_waited_for(
    settings: Settings, database: DatabaseUrl
) -> None:
    execute(database, "CREATE TABLE users (id int PRIMARY KEY CHECK (id > 0))")
    with connect(database) as other, other.transaction():
        other.execute("LOCK TABLE public.users")
        result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    assert [each.title for each in result.not_run if each.check == "locked"] == [
        "Everything about public.users"
    ]
    (unread,) = [each for each in result.not_compared if each.kind == "table"]
    assert str(unread) == "1 table (public.users)"
    assert not unread.on_purpose


def test_it_tells_what_it_is_doing(settings: Settings, database: DatabaseUrl) -> None:
    told: list[str] = []
    audit_project(settings, database, AuditOptions(), TIME, told.append)
    assert told[0] == f"Reading {database}."
    assert told[-1] == "Running the checks."


def test_an_empty_database_with_an_empty_target_has_no_gap(
    settings: Settings, database: DatabaseUrl
) -> None:
    settings.path(settings.target).write_text("-- nothing yet\n")
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    assert [each for each in result.findings if each.category == "gap"] == []
    execute(database, "CREATE TABLE one (id int PRIMARY KEY)")
    with pytest.raises(SchemaError, match="declares no table"):
        audit_project(settings, database, AuditOptions(), TIME, lambda _: None)


def test_alembic_is_loaded_for_migrations_alone() -> None:
    program = "import sys, gnkmigrate.audit.session; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert {"alembic", "sqlalchemy"}.isdisjoint(loaded.stdout.split())


BOUNDLESS = "CREATE POLICY every ON users FOR DELETE USING (true);"
OPEN = f"{USERS} GRANT SELECT ON users TO PUBLIC;"


@pytest.mark.parametrize(
    ("live", "target", "found"),
    [
        (OPEN, USERS, ["GNK-A007"]),  # it says nothing of grants: what is there stays
        (OPEN, f"{OPEN} GRANT DELETE ON users TO PUBLIC;", ["GNK-A007", "GNK-G523"]),
        (OPEN, f"{USERS} GRANT SELECT (id) ON users TO CURRENT_USER;", ["GNK-G521", "GNK-G522"]),
        (USERS, OPEN, ["GNK-G521", "GNK-TA007"]),
        (
            USERS,
            f"{USERS} ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;",
            ["GNK-G531", "GNK-TA009"],
        ),
        (
            f"{USERS} ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;",
            USERS,
            ["GNK-A009"],
        ),
        (
            USERS,
            f"{USERS} ALTER TABLE users ENABLE ROW LEVEL SECURITY; {BOUNDLESS}",
            ["GNK-G013", "GNK-G181", "GNK-TA005"],
        ),
    ],
)
def test_what_everybody_may_do_is_judged_in_the_target_as_well(
    live: str,
    target: str,
    found: list[str],
    settings: Settings,
    database: DatabaseUrl,
    project: Path,
) -> None:
    execute(database, live)
    (project / "schema" / "target.sql").write_text(target)
    result = audit_project(settings, database, AuditOptions(), TIME, lambda _: None)
    told = sorted(each.check for each in result.findings)
    assert [each for each in told if each[:5] == "GNK-G" or "A00" in each] == found


def test_grants_of_a_table_that_is_renamed_are_the_new_ones(
    settings: Settings, database: DatabaseUrl, project: Path
) -> None:
    execute(database, "CREATE TABLE people (id int PRIMARY KEY)")
    execute(database, "GRANT SELECT ON people TO PUBLIC")
    (project / "schema" / "target.sql").write_text(USERS)
    options = AuditOptions(renames=read_renames(["table public.people = public.users"]))
    result = audit_project(settings, database, options, TIME, lambda _: None)
    (found,) = [each for each in result.findings if each.check.endswith("A007")]
    assert (found.check, found.object.table) == ("GNK-TA007", "users")
