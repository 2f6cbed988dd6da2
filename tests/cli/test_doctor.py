import json
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.doctor.probes.extensions import lacking
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.cli.conftest import Command, MakeRole
from tests.support import ROOT, execute


def states(document: str) -> dict[str, str]:
    """The most severe state of each probe."""
    rank = ["ok", "warning", "failed"]
    found: dict[str, str] = {}
    for probe in json.loads(document)["probes"]:
        found[probe["title"]] = max(probe["state"], found.get(probe["title"], "ok"), key=rank.index)
    return found


def user(url: DatabaseUrl) -> str:
    return str(conninfo.conninfo_to_dict(url.conninfo)["user"])


def test_where_everything_works(gnkmigrate: Command, report: DatabaseUrl) -> None:
    found = gnkmigrate(report, "doctor")
    assert found.exit_code == 0
    assert "All that is needed works." in found.stdout
    assert "FAILED" not in found.stdout
    assert "warning" not in found.stdout


def test_the_document(gnkmigrate: Command, report: DatabaseUrl) -> None:
    found = gnkmigrate(report, "doctor", "--format", "json")
    document = json.loads(found.stdout)
    schema = json.loads((ROOT / "docs" / "doctor.schema.json").read_text())
    assert document.keys() == schema["properties"].keys()
    described = schema["properties"]["probes"]["items"]["properties"]
    assert all(probe.keys() == described.keys() for probe in document["probes"])
    assert set(states(found.stdout)) == {
        "project",
        "migrations",
        "connection",
        "standby",
        "pooler",
        "privileges",
        "trust",
        "settings",
        "throwaway",
        "target",
        "extensions",
        "tools",
        "commands",
    }


def test_outside_of_a_project_and_without_a_database(
    gnkmigrate: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PGHOST", "")
    found = gnkmigrate(None, "doctor")
    assert found.exit_code == 0
    assert "There is no gnkmigrate.toml here or above" in found.stdout
    assert "No database is named. What needs the database was left out." in found.stdout


def test_a_role_without_privileges_is_told_what_to_ask_for(
    gnkmigrate: Command, role: MakeRole, report: DatabaseUrl
) -> None:
    execute(report, f"ALTER TABLE users OWNER TO {user(role())}")
    found = gnkmigrate(role(), "doctor")
    assert found.exit_code == 1
    assert "may not read every table" in found.stdout
    assert "is no member of the owner of every table" in found.stdout
    assert "GRANT CREATE ON DATABASE" in found.stdout
    assert "GRANT pg_monitor TO" in found.stdout
    assert "sesame" not in found.output


@pytest.mark.parametrize("options", ["SUPERUSER", "of a superuser"])
def test_nobody_is_advised_to_become_a_superuser(
    gnkmigrate: Command, role: MakeRole, report: DatabaseUrl, options: str
) -> None:
    owner = user(role("SUPERUSER"))
    if options == "of a superuser":
        member = user(role())
        execute(report, f"GRANT {owner} TO {member}")
        owner = member
    execute(report, f"ALTER TABLE users OWNER TO {owner}")
    found = gnkmigrate(role(), "doctor")
    said = " ".join(found.stdout.split())
    assert "Tables belong to a superuser, for whom" in said
    assert f"public.users, owned by {owner}" in said
    assert "Give each to a role that is no superuser: ALTER TABLE ... OWNER TO ...;" in said
    assert f'GRANT "{owner}"' not in said


def test_without_settings_it_looks_at_all_schemas(
    gnkmigrate: Command,
    role: MakeRole,
    report: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    execute(report, "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.visit (id int)")
    monkeypatch.chdir(tmp_path)
    found = gnkmigrate(role(), "doctor")
    assert "elsewhere.visit, owned by" in " ".join(found.stdout.split())


def test_a_standby_may_be_audited_only(gnkmigrate: Command, standby: DatabaseUrl) -> None:
    found = gnkmigrate(standby, "doctor", "--format", "json")
    assert states(found.stdout)["standby"] == "warning"


def test_a_time_zone_other_than_the_declared_one(gnkmigrate: Command, role: MakeRole) -> None:
    url = role("SUPERUSER")
    execute(url, "DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET timezone = %L',"
                 " current_user, 'Europe/Berlin'); END $$")  # fmt: skip
    found = gnkmigrate(url, "doctor")
    assert found.exit_code == 0
    assert "local times of Europe/Berlin" in found.stdout


def test_a_target_that_postgresql_refuses(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "target.sql").write_text("CREATE TABLE a (\n  x inger\n);\n")
    monkeypatch.setenv("GNKMIGRATE_TARGET", str(tmp_path / "target.sql"))
    found = gnkmigrate(report, "doctor")
    assert found.exit_code == 1
    assert "FAILED  target" in found.stdout
    assert "inger" in found.stdout


def test_an_extension_that_the_server_lacks(report: DatabaseUrl) -> None:
    """The probe itself, since no target can be loaded that no server can hold."""
    with connect(report, read_only=True) as session:
        (diagnosis,) = lacking(session, ["pgcrypto", "postgis_of_the_future"])
    assert diagnosis.state == "failed"
    assert diagnosis.message == "The server does not have: postgis_of_the_future."


def test_an_unreachable_database_is_a_finding(gnkmigrate: Command, tmp_path: Path) -> None:
    url = DatabaseUrl.parse(f"host={tmp_path} user=app password=sesame dbname=shop")
    found = gnkmigrate(url, "doctor")
    assert found.exit_code == 1
    assert "FAILED  connection" in found.stdout
    assert "sesame" not in found.output
