import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import one_runner
from gnkmigrate.run.events import Event
from tests.cli.conftest import Command
from tests.support import ROOT, execute, rows

PHASES = ["tables", "data", "join-table", "indexes", "columns", "align"]


def states(gnkmigrate: Command, url: DatabaseUrl) -> dict[str, str]:
    document = json.loads(gnkmigrate(url, "status", "--format", "json").stdout)
    return {phase["name"]: phase["state"] for phase in document["phases"] if not phase["optional"]}


def test_all_phases_are_run_verified_and_told(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ran = gnkmigrate(report, "upgrade", "--yes")
    assert ran.exit_code == 0
    assert [line for line in ran.stdout.splitlines() if line in PHASES] == PHASES
    assert "ok every row of public.nodes says what its row of public.user_nodes does" in " ".join(
        ran.stdout.split()
    )
    assert "  note   texts of public.node_requests.processed_by that name no row: 0" in ran.stdout
    assert "6 phases done: " in ran.stdout
    assert re.search(r"^data \d+/\d+ rows of public\.nodes$", ran.stderr, re.MULTILINE)
    assert ran.stderr.splitlines()[-1] == "Next: gnkmigrate audit"
    assert set(states(gnkmigrate, report).values()) == {"done"}


def test_no_line_ends_in_spaces_or_is_too_long(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ran = gnkmigrate(report, "upgrade", "--yes")
    assert all(line == line.rstrip() and len(line) <= 80 for line in ran.stdout.splitlines())


def test_one_phase_then_those_through_another(gnkmigrate: Command, report: DatabaseUrl) -> None:
    first = gnkmigrate(report, "upgrade", "--yes", "--phase", "1")
    assert first.exit_code == 0
    assert "Next: gnkmigrate upgrade --phase data" in first.stderr
    assert gnkmigrate(report, "upgrade", "--yes", "--through", "indexes").exit_code == 0
    assert states(gnkmigrate, report) == dict.fromkeys(PHASES[:4], "done") | dict.fromkeys(
        PHASES[4:], "pending"
    )


def test_where_nothing_is_pending_nothing_is_asked(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    gnkmigrate(report, "upgrade", "--yes")
    again = gnkmigrate(report, "upgrade")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing to do: all 6 phases are done." in again.stderr


def test_a_dry_run_says_what_it_locks_and_changes_nothing(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    tried = gnkmigrate(report, "upgrade", "--dry-run")
    assert tried.exit_code == 0
    assert tried.stdout.startswith("Dry run of tables, data,")
    assert "  public.users          4 rows" in tried.stdout
    assert "Everything was rolled back: the database is as it was." in tried.stdout
    assert tried.stderr.splitlines()[-1] == "Next: gnkmigrate upgrade"
    assert set(states(gnkmigrate, report).values()) == {"pending"}
    assert rows(report, "SELECT to_regclass('nodes'), to_regnamespace('gnkmigrate')") == [
        (None, None)
    ]


def test_the_next_command_after_a_dry_run_is_the_same_without_it(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    tried = gnkmigrate(report, "upgrade", "--dry-run", "--through", "data")
    assert tried.stderr.splitlines()[-1] == "Next: gnkmigrate upgrade --through data"


def test_sql_is_written_and_not_run(gnkmigrate: Command, report: DatabaseUrl) -> None:
    written = gnkmigrate(report, "upgrade", "--sql", "--through", "2")
    assert written.exit_code == 0
    assert "-- phase 1 tables:" in written.stdout
    assert "CREATE TABLE public.nodes (" in written.stdout
    assert "-- phase 3" not in written.stdout
    assert set(states(gnkmigrate, report).values()) == {"pending"}


def test_without_a_terminal_it_refuses_to_go_on_unasked(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    refused = gnkmigrate(report, "upgrade")
    assert refused.exit_code == 2
    assert "here is no terminal to ask on" in refused.stderr
    assert "next: Add --yes" in refused.stderr
    assert set(states(gnkmigrate, report).values()) == {"pending"}


def test_texts_that_mean_nobody_stop_it_or_are_kept(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    execute(report, "UPDATE node_requests SET processed_by = 'the night shift'")
    refused = gnkmigrate(report, "upgrade", "--yes")
    assert refused.exit_code == 2
    assert "processed_by: the night shift" in refused.stderr
    assert 'unmapped = "archive"' in refused.stderr
    assert states(gnkmigrate, report)["columns"] == "pending"

    archived = gnkmigrate(report, "upgrade", "--yes", "--unmapped", "archive")
    assert archived.exit_code == 0
    assert "name no row: 1" in archived.stdout


def test_quiet_leaves_the_results_alone(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ran = gnkmigrate(report, "--quiet", "upgrade", "--yes")
    assert ran.exit_code == 0
    assert "6 phases done: " in ran.stdout
    assert ran.stderr == ""


def test_progress_as_json_lines(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ran = gnkmigrate(report, "--log-format", "json", "upgrade", "--yes", "--phase", "tables")
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert lines[0]["event"] == "phase_started"
    assert lines[-1]["event"] == "phase_finished"
    assert {"time", "phase", "seconds", "rows"} <= lines[-1].keys()


def test_every_event_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    for event in get_args(Event):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
        (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", text, re.MULTILINE)
        assert [field.name for field in fields(event) if f"`{field.name}`" not in row] == []


def test_a_backfill_tells_how_far_it_is(gnkmigrate: Command, report: DatabaseUrl) -> None:
    execute(
        report,
        "INSERT INTO user_nodes (user_id, node_address)"
        " SELECT (SELECT id FROM users LIMIT 1), 'node ' || number"
        " FROM generate_series(1, 1000) AS number; ANALYZE user_nodes",
    )
    slow = ("--batch-size", "100", "--throttle", "60", "--workers", "2")
    ran = gnkmigrate(report, "--log-format", "json", "upgrade", "--yes", "--through", "2", *slow)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    told = [line for line in lines if line["event"] == "step_progress"]
    assert told
    assert all(0 < line["rows"] <= line["total"] == 1001 for line in told)
    assert all(line["rate"] > 0 and line["seconds_left"] >= 0 for line in told)


def test_an_error_is_a_json_line_as_well(gnkmigrate: Command, report: DatabaseUrl) -> None:
    refused = gnkmigrate(report, "--log-format", "json", "upgrade", "--yes", "--phase", "data")
    assert refused.exit_code == 2
    error = json.loads(refused.stderr.splitlines()[-1])
    assert error["event"] == "error"
    assert "tables" in error["message"]
    assert "--through data" in error["hint"]


@pytest.mark.parametrize(
    "options",
    [
        ("--phase", "1", "--through", "2"),
        ("--sql", "--dry-run"),
        ("--sql", "--atomic"),
        ("--unmapped", "guess"),
        ("--batch-size", "0"),
        ("--backup", "--dry-run"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    gnkmigrate: Command, options: tuple[str, ...]
) -> None:
    refused = gnkmigrate(None, "upgrade", *options)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Usage: ")


def test_each_phase_in_one_transaction(gnkmigrate: Command, report: DatabaseUrl) -> None:
    assert gnkmigrate(report, "upgrade", "--yes", "--atomic").exit_code == 0
    assert gnkmigrate(report, "verify").exit_code == 0


def test_a_backup_is_made_before_the_first_phase(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path
) -> None:
    folder = tmp_path / "safe"
    ran = gnkmigrate(report, "upgrade", "--yes", "--phase", "1", "--backup-dir", str(folder))
    assert ran.exit_code == 0
    (dump,) = folder.glob("*.dump")
    assert ran.stdout.startswith(f"Backup: {dump} (")
    manifest = json.loads((folder / f"{dump.name}.json").read_text())
    schemas = {table["schema"] for table in manifest["tables"]}
    assert schemas == {"public"}


def test_the_event_of_a_backup_names_its_file(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path
) -> None:
    options = ("--yes", "--phase", "1", "--backup-dir", str(tmp_path))
    ran = gnkmigrate(report, "--log-format", "json", "upgrade", *options)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    (made,) = (line for line in lines if line["event"] == "backup_made")
    assert Path(made["file"]).stat().st_size == made["size"]
    names = [line["event"] for line in lines]
    assert names.index("backup_made") < names.index("phase_started")


@pytest.mark.parametrize("where", ["no/such/folder", "a file"])
def test_no_phase_runs_where_no_backup_can_be_made(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path, where: str
) -> None:
    (tmp_path / "a file").write_text("")
    refused = gnkmigrate(report, "upgrade", "--yes", "--backup-dir", str(tmp_path / where))
    assert refused.exit_code == 2
    assert "Nothing was changed, since no backup could be made: " in refused.stderr
    assert "--backup-dir" in refused.stderr
    assert set(states(gnkmigrate, report).values()) == {"pending"}


def test_no_phase_runs_where_pg_dump_is_missing(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("gnkmigrate.servers.client_programs.binaries", _unavailable)
    refused = gnkmigrate(report, "upgrade", "--yes", "--backup-dir", str(tmp_path / "safe"))
    assert refused.exit_code == 2
    assert "There is no pg_dump for a server of PostgreSQL" in refused.stderr
    assert rows(report, "SELECT to_regnamespace('gnkmigrate')") == [(None,)]


def _unavailable(major: int) -> Path:
    raise ServerUnavailable(f"PostgreSQL {major} is not to be had.")


def test_another_runner_is_waited_for(gnkmigrate: Command, report: DatabaseUrl) -> None:
    with connect(report) as other, one_runner.hold(other):
        refused = gnkmigrate(report, "upgrade", "--yes", "--wait", "0.2")
    assert refused.exit_code == 3
    assert "Waiting for pid" in refused.stderr
    assert "Another gnkmigrate works on this database" in refused.stderr
