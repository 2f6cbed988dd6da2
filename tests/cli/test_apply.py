"""`gnkmigrate apply`, from the outside, in a folder without a project."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import one_runner
from gnkmigrate.servers import Server
from tests.cli.conftest import Command
from tests.cli.test_terminal import on_terminal
from tests.support import ROOT, execute, rows

BEFORE = "CREATE TABLE item (id integer PRIMARY KEY, name text, price text);"
AFTER = (
    "CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL, weight integer);"
    "CREATE INDEX by_name ON item (name);"
)
GAINS = BEFORE + "CREATE TABLE other ();"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, gnkmigrate: Command, tmp_path: Path) -> Path:
    """An empty folder, in which the commands run."""
    del gnkmigrate  # it has gone to MineGNK's folder before
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def make_plan(
    gnkmigrate: Command,
    server: Server,
    database: DatabaseUrl,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Path]:
    """Keeps a plan from BEFORE, which the database has, to a target: make_plan(AFTER)."""
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
    execute(database, BEFORE)

    def make(target: str) -> Path:
        (folder / "target.sql").write_text(target)
        file = folder / "plan.json"
        made = gnkmigrate(
            database, "plan", "--target", "target.sql", "--format", "json", "--output", str(file)
        )
        assert made.exit_code == 1, made.output
        return file

    return make


Make = Callable[[str], Path]


def test_a_plan_is_carried_out_and_told(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = make_plan(GAINS)
    ran = gnkmigrate(database, "apply", str(file), "--yes")
    assert ran.exit_code == 0, ran.output
    told = " ".join(ran.stdout.split())
    assert re.fullmatch(
        r"Plan [0-9a-f]{12} from \S+ to target\.sql done 1 statement, \d+\.\d\d s", told
    )
    assert re.search(
        r"^\(plan \w+\) 1/1 Table public\.other is missing\.$", ran.stderr, re.MULTILINE
    )
    assert ran.stderr.splitlines()[-1].startswith("Next: gnkmigrate audit; to take it back: ")

    again = gnkmigrate(database, "apply", str(file), "--yes")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing to do: plan " in again.stderr
    planned = gnkmigrate(database, "plan", "--target", "target.sql")
    assert planned.exit_code == 0, planned.output


def test_and_taken_back(gnkmigrate: Command, database: DatabaseUrl, make_plan: Make) -> None:
    file = str(make_plan(GAINS))
    nothing = gnkmigrate(database, "apply", file, "--undo", "--yes")
    assert nothing.exit_code == 0
    assert "Nothing to take back: plan " in nothing.stderr
    gnkmigrate(database, "apply", file, "--yes")
    refused = gnkmigrate(database, "apply", file, "--undo", "--yes")
    assert refused.exit_code == 2
    assert "all rows of public.other" in refused.stderr
    back = gnkmigrate(database, "apply", file, "--undo", "--yes", "--allow", "data-loss")
    assert back.exit_code == 0, back.output
    assert rows(database, "SELECT to_regclass('other')") == [(None,)]


def test_data_is_lost_only_where_that_is_allowed(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = str(make_plan(AFTER))
    refused = gnkmigrate(database, "apply", file, "--yes")
    assert refused.exit_code == 2
    assert "  the values of public.item.price\n" in refused.stderr
    assert "next: Save what is needed, then add --allow data-loss.\n" in refused.stderr
    allowed = gnkmigrate(database, "apply", file, "--yes", "--allow", "data-loss")
    assert allowed.exit_code == 0, allowed.output
    back = gnkmigrate(database, "apply", file, "--yes", "--undo", "--allow", "data-loss")
    assert back.exit_code == 0, back.output
    assert "  note   not restored: the values of public.item.price\n" in back.stdout


def test_a_dry_run_says_what_it_locks_and_changes_nothing(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = make_plan(AFTER)
    tried = gnkmigrate(database, "apply", str(file), "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert tried.stdout.startswith("Dry run of (plan ")
    assert "  public.item  0 rows\n" in tried.stdout
    assert "Everything was rolled back: the database is as it was." in tried.stdout
    assert tried.stderr.splitlines()[-1] == f"Next: gnkmigrate apply {file}"
    assert rows(database, "SELECT to_regclass('by_name'), to_regnamespace('gnkmigrate')") == [
        (None, None)
    ]


def test_what_comes_after_a_dry_run_is_as_it_was_typed(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = make_plan(AFTER)
    file = file.rename(file.with_name("the plan.json"))
    allowed = ("--allow", "data-loss")
    refused = gnkmigrate(database, "apply", str(file), *allowed)
    assert f"try it first: gnkmigrate apply '{file}' --allow data-loss --dry-run" in refused.stderr
    tried = gnkmigrate(database, "apply", str(file), *allowed, "--dry-run")
    command = f"gnkmigrate apply '{file}' --allow data-loss"
    assert tried.stderr.splitlines()[-1] == f"Next: {command}"
    done = gnkmigrate(database, *shlex.split(command)[1:], "--yes")
    assert done.exit_code == 0, done.output
    undone = gnkmigrate(database, "apply", str(file), "--undo", *allowed, "--dry-run")
    assert undone.stderr.splitlines()[-1] == (
        f"Next: gnkmigrate apply '{file}' --undo --allow data-loss"
    )


def test_without_a_terminal_it_refuses_to_go_on_unasked(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    refused = gnkmigrate(database, "apply", str(make_plan(GAINS)))
    assert refused.exit_code == 2
    assert "here is no terminal to ask on" in refused.stderr
    assert "next: Add --yes" in refused.stderr
    assert rows(database, "SELECT to_regclass('other')") == [(None,)]


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2)])
def test_on_a_terminal_it_shows_the_plan_and_asks(
    database: DatabaseUrl, make_plan: Make, answer: str, code: int
) -> None:
    file = make_plan(GAINS)
    ended, shown = on_terminal(database, "apply", str(file), answer=answer)
    assert ended == code, shown
    assert "1  Table public.other is missing." in shown
    assert "Run 1 statement? [y/N]" in shown
    assert (rows(database, "SELECT to_regclass('other')") == [(None,)]) == (code != 0)


def test_where_the_schema_has_changed_it_is_refused(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = make_plan(GAINS)
    execute(database, "CREATE TABLE in_between ()")
    refused = gnkmigrate(database, "apply", str(file), "--yes")
    assert refused.exit_code == 2
    assert "its schema has changed since it was made." in refused.stderr
    assert "next: Make the plan again: gnkmigrate plan --format json --output" in refused.stderr


def test_what_is_no_plan_is_refused(
    gnkmigrate: Command, database: DatabaseUrl, folder: Path
) -> None:
    file = folder / "plan.json"
    for text, message in (
        ('{"version": 1, "statements": []}', "is a plan of version 1"),
        ("{}", "is not a plan"),
    ):
        file.write_text(text)
        refused = gnkmigrate(database, "apply", "plan.json", "--yes")
        assert refused.exit_code == 2
        assert message in refused.stderr
    missing = gnkmigrate(database, "apply", "missing.json", "--yes")
    assert missing.exit_code == 2
    assert "missing.json cannot be read" in missing.stderr


def test_it_fails_for_now_where_nobody_answers(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = make_plan(GAINS)
    nowhere = DatabaseUrl(conninfo.make_conninfo(database.conninfo, host="127.0.0.1", port="1"))
    failed = gnkmigrate(nowhere, "apply", str(file), "--yes")
    assert failed.exit_code == 3
    assert "error: Nothing answers at " in failed.stderr


def test_it_fails_for_now_where_a_lock_is_not_to_be_had(
    gnkmigrate: Command,
    database: DatabaseUrl,
    make_plan: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = make_plan(AFTER)
    monkeypatch.setenv("GNKMIGRATE_LIMITS__LOCK_DEADLINE_S", "0.5")
    loses = ("--allow", "data-loss")
    with connect(database) as other, other.transaction():
        other.execute("LOCK TABLE public.item")
        failed = gnkmigrate(database, "apply", str(file), "--yes", *loses, "--lock-timeout", "50")
    assert failed.exit_code == 3
    assert "no lock within 0.5 s" in failed.stderr
    assert re.search(
        r"^  FAILED \d of \d statements done, stopped in: ", failed.stdout, re.MULTILINE
    )
    assert gnkmigrate(database, "apply", str(file), "--yes", *loses).exit_code == 0


def test_it_fails_for_now_while_another_runs_and_may_wait(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = str(make_plan(GAINS))
    with connect(database) as other, one_runner.hold(other):
        failed = gnkmigrate(database, "apply", file, "--yes", "--wait", "0.2")
        assert failed.exit_code == 3
        assert "Another gnkmigrate works on this database." in failed.stderr
        waiting = subprocess.Popen(
            [sys.executable, "-m", "gnkmigrate", "apply", file, "--yes", "--wait", "60"],
            env={**os.environ, "DATABASE_URL": database.conninfo},
        )
        time.sleep(1)
        assert waiting.poll() is None
    assert waiting.wait(60) == 0


def test_progress_as_json_lines(
    gnkmigrate: Command, database: DatabaseUrl, make_plan: Make
) -> None:
    file = str(make_plan(GAINS))
    ran = gnkmigrate(database, "--log-format", "json", "apply", file, "--yes")
    told = [json.loads(line)["event"] for line in ran.stderr.splitlines()]
    assert told == ["phase_started", "step_started", "step_finished", "phase_finished"]


def test_ctrl_c_says_where_it_stands(database: DatabaseUrl, make_plan: Make) -> None:
    file = str(make_plan(AFTER))
    with connect(database) as other, other.transaction():
        other.execute("LOCK TABLE public.item IN ACCESS SHARE MODE")
        process = subprocess.Popen(
            [sys.executable, "-m", "gnkmigrate", "apply", file, "--yes", "--allow", "data-loss"],
            env={**os.environ, "DATABASE_URL": database.conninfo},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation IS NOT NULL)"
        deadline = time.monotonic() + 30
        while rows(database, waiting) != [(True,)]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        shown, messages = process.communicate(timeout=20)
    assert process.returncode == 2
    assert 'error: Interrupted in "' in messages
    assert "what was done before stands." in messages
    assert "Traceback" not in messages
    assert "stopped in: " in shown


def test_the_document_is_as_described(make_plan: Make) -> None:
    schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text())
    document = json.loads(make_plan(AFTER).read_text())
    jsonschema.validate(document, schema)
    assert set(schema["required"]) == set(document)
