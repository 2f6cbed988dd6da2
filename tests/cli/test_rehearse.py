import json
import re
from pathlib import Path

import pytest
from psycopg import conninfo, sql

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.fingerprint import fingerprint
from gnkmigrate.servers import Server
from tests.cli.conftest import Command, MakeRole
from tests.cli.test_upgrade import PHASES, states
from tests.support import ROOT, execute, pg_dump

STAGES = [
    "copy",
    "dry run",
    "upgrade",
    "verification",
    "audit",
    "both shapes",
    "downgrade",
    "upgrade again",
]


def test_all_holds_and_the_live_database_is_only_read(
    gnkmigrate: Command, report: DatabaseUrl, role: MakeRole, server: Server, tmp_path: Path
) -> None:
    reader = role("IN ROLE pg_read_all_data")
    name = sql.Identifier(str(conninfo.conninfo_to_dict(reader.conninfo)["user"]))
    read_only = sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name)
    execute(report, read_only.as_string())
    schema = pg_dump(report, server)
    with connect(report) as session:
        rows = fingerprint(session, ["public"])

    written = tmp_path / "rehearsal.md"
    ran = gnkmigrate(reader, "rehearse", "--report", str(written))

    assert ran.exit_code == 0, ran.output
    lines = ran.stdout.splitlines()
    assert [line for line in lines if line in STAGES] == STAGES
    assert lines[-1] == "Everything held."
    assert all(line == line.rstrip() for line in lines)
    assert "0 gaps to the target" in ran.stdout
    assert "AccessExclusiveLock on public.user_nodes for " in ran.stdout
    assert "ok     Every phase can be taken back: downgrade" in ran.stdout
    assert "The integration tests pass: not automated: " in ran.stdout
    assert ran.stderr.splitlines()[-1] == "Next: gnkmigrate upgrade"
    page = written.read_text()
    assert "**Everything held.**" in page
    assert re.search(r"deleted through \d+ tables and 3 views of the old shape", page), page
    assert "- [x] Every phase can be taken back: ok (downgrade)" in page
    assert "sesame" not in ran.output + page
    assert pg_dump(report, server) == schema
    with connect(report) as session:
        assert fingerprint(session, ["public"]) == rows


def test_what_the_target_cannot_hold_is_found_as_a_document(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    execute(report, "UPDATE node_requests SET processed_by = 'the night shift'")
    ran = gnkmigrate(report, "rehearse", "--format", "json")
    assert ran.exit_code == 1, ran.output
    document = json.loads(ran.stdout)
    assert not document["passed"]
    found = {stage["name"]: stage["state"] for stage in document["stages"]}
    assert found == {"copy": "ok", "dry run": "failed"} | dict.fromkeys(STAGES[2:], "not reached")
    problems = "\n".join(document["stages"][1]["problems"])
    assert "processed_by: the night shift" in problems
    assert {point["state"] for point in document["checklist"]} == {"failed", "not automated"}


def test_the_answers_of_an_upgrade_are_taken(gnkmigrate: Command, report: DatabaseUrl) -> None:
    execute(report, "UPDATE node_requests SET processed_by = 'the night shift'")
    ran = gnkmigrate(report, "rehearse", "--format", "json", "--unmapped", "archive")
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["phases"] == PHASES
    schema = json.loads((ROOT / "docs" / "rehearse.schema.json").read_text())["properties"]
    assert document.keys() == schema.keys()
    for part in ("stages", "runs", "checklist"):
        assert document[part][0].keys() == schema[part]["items"]["properties"].keys()
    assert [run["phase"] for run in document["runs"]] == [*PHASES, *reversed(PHASES), *PHASES]


def test_a_sample_with_its_secrets_masked(gnkmigrate: Command, report: DatabaseUrl) -> None:
    execute(
        report,
        "INSERT INTO users (id, email, password) SELECT gen_random_uuid(), n || '@a.b', 'sesame'"
        " FROM generate_series(1, 200) AS n",
    )
    # The user that the text names may be missing from a sample: no foreign key says that it is one.
    execute(report, "UPDATE node_requests SET processed_by = NULL")
    execute(report, "ANALYZE users")
    ran = gnkmigrate(report, "rehearse", "--sample", "20", "--mask", "--format", "json")
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["rows"] < 40
    assert document["live_rows"] > 200
    assert "public.users.password" in document["masked"]
    assert all(run["estimate"] > run["seconds"] for run in document["runs"])


def test_a_gap_is_found_and_the_way_back_is_rehearsed_all_the_same(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    execute(report, "ALTER TABLE users ADD COLUMN shoe_size integer")
    assert gnkmigrate(report, "upgrade", "--yes", "--through", "columns").exit_code == 0
    ran = gnkmigrate(report, "rehearse")
    assert ran.exit_code == 1, ran.output
    assert "shoe_size" in ran.stdout
    assert "FAILED The result is the declared target: audit: failed" in ran.stdout
    assert "ok     Every phase can be taken back: downgrade" in ran.stdout
    assert states(gnkmigrate, report)["align"] == "pending"


def test_a_role_that_may_not_read_a_table(
    gnkmigrate: Command, report: DatabaseUrl, role: MakeRole
) -> None:
    ran = gnkmigrate(role(), "rehearse")
    assert ran.exit_code == 2, ran.output
    assert "may not read all tables" in ran.stderr
    assert "table public.users" in ran.stderr
    assert "next: As a superuser: GRANT pg_read_all_data" in ran.stderr
    assert "sesame" not in ran.output
    assert states(gnkmigrate, report)["tables"] == "pending"


def test_no_throwaway_server(
    gnkmigrate: Command, report: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    ran = gnkmigrate(report, "rehearse")
    assert ran.exit_code == 2, ran.output
    assert "no server is named in the settings" in ran.stderr
    assert "next: " in ran.stderr


def test_a_report_that_cannot_be_written_is_refused_at_once(gnkmigrate: Command) -> None:
    ran = gnkmigrate(None, "rehearse", "--report", "no/such/folder/rehearsal.md")
    assert ran.exit_code == 2
    assert "there is no folder" in ran.stderr


def test_too_small_a_disk(
    gnkmigrate: Command, report: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gnkmigrate.copies.clone.SERVER_FACTOR", 10**12)
    ran = gnkmigrate(report, "rehearse")
    assert ran.exit_code == 2, ran.output
    assert "A copy of the database needs about" in ran.stderr
    assert "next: Name a server of yours" in ran.stderr
