import json
import secrets
from pathlib import Path

from psycopg import conninfo, sql

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import ROOT, execute


def test_before_the_first_upgrade_everything_is_pending(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    shown = gnkmigrate(report, "status")
    assert shown.exit_code == 0
    core, optional = shown.stdout.split("Optional")
    assert core.count("pending") == 6
    assert optional.count("pending") == 9
    assert "Next: gnkmigrate upgrade --dry-run" in shown.stderr


def test_pending_work_is_an_exit_code_where_it_is_asked_for(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    assert gnkmigrate(report, "status", "--check").exit_code == 1
    gnkmigrate(report, "upgrade", "--yes")
    done = gnkmigrate(report, "status", "--check")
    assert done.exit_code == 0
    assert "Kept until contract: 3 views, 13 columns, 1 table, 3 types." in done.stdout
    gnkmigrate(report, "contract", "--yes")
    assert "Kept until contract" not in gnkmigrate(report, "status").stdout


def test_the_document(gnkmigrate: Command, report: DatabaseUrl) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--phase", "tables")
    document = json.loads(gnkmigrate(report, "status", "--format", "json").stdout)
    assert document["version"] == 1
    first, second = document["phases"][:2]
    assert first["name"] == "tables"
    assert first["state"] == "done"
    assert first["steps"] == first["done_steps"] > 0
    assert first["started_at"] <= first["finished_at"]
    assert first["error"] is None
    assert (second["state"], second["started_at"], second["rows"]) == ("pending", None, 0)
    assert report.conninfo not in json.dumps(document)


def test_the_document_is_as_its_schema_says(gnkmigrate: Command, report: DatabaseUrl) -> None:
    schema = json.loads((ROOT / "docs" / "status.schema.json").read_text())
    document = json.loads(gnkmigrate(report, "status", "--format", "json").stdout)
    assert document.keys() == schema["properties"].keys()
    described = schema["properties"]["phases"]["items"]["properties"]
    assert all(phase.keys() == described.keys() for phase in document["phases"])


def test_a_failed_phase_says_why_and_what_next(gnkmigrate: Command, report: DatabaseUrl) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--through", "data")
    execute(
        report,
        "UPDATE gnkmigrate.run SET state = 'failed', error = 'no lock' WHERE phase = 'data'",
    )
    shown = gnkmigrate(report, "status")
    assert "data: no lock" in shown.stdout
    assert "gnkmigrate downgrade --phase data" in shown.stderr


def test_a_project_without_a_phase(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").write_text("")
    (tmp_path / "gnkmigrate.toml").write_text("")
    config = ("--config", str(tmp_path / "gnkmigrate.toml"))
    assert "has no revision yet" in gnkmigrate(report, *config, "status").stdout
    for command in ("upgrade", "downgrade"):
        ran = gnkmigrate(report, *config, command)
        assert ran.exit_code == 0
        assert "Nothing to do: migrations/ has no revision yet." in ran.stderr
    assert gnkmigrate(report, *config, "verify").exit_code == 0


def test_a_role_that_may_not_read_the_journal_is_told_what_to_ask_for(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--phase", "tables")
    role = sql.Identifier(f"reader_{secrets.token_hex(6)}").as_string()
    execute(report, f"CREATE ROLE {role} LOGIN PASSWORD 'sesame'")
    reader = conninfo.make_conninfo(report.conninfo, user=role.strip('"'), password="sesame")

    refused = gnkmigrate(DatabaseUrl(reader), "status")
    _, _, advice = refused.stderr.partition("ask that one for: ")
    execute(report, " ".join(advice.split()))
    shown = gnkmigrate(DatabaseUrl(reader), "status")
    execute(report, f"DROP OWNED BY {role}; DROP ROLE {role}")

    assert refused.exit_code == 2
    assert "may not read gnkmigrate's journal" in refused.stderr
    assert shown.exit_code == 0
    assert shown.stdout.partition("Optional")[0].count("pending") == 5
