"""Renames on the command line: said, asked about, refused."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.support import execute

PICTURE = "CREATE TABLE picture (id int, title text, taken date);"
MOOD = "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE day (m mood);"
PHOTO = PICTURE.replace("picture", "photo")
RENAME = "ALTER TABLE public.picture RENAME TO photo"
IS_PHOTO = ("--rename", "table public.picture = photo")

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(server: Server, database: DatabaseUrl, tmp_path: Path) -> Command:
    """Runs a command in a project whose target is PHOTO, on a database that is PICTURE."""
    execute(database, f"{PICTURE} INSERT INTO picture VALUES (1, 'one')")
    (tmp_path / "target.sql").write_text(PHOTO)
    (tmp_path / "gnkmigrate.toml").write_text('target = "target.sql"\n')
    environment = {
        **os.environ,
        "DATABASE_URL": database.conninfo,
        "GNKMIGRATE_SERVER__PROVIDER": "url",
        "GNKMIGRATE_SERVER__URL": server.url.conninfo,
    }

    def run(*arguments: str, answer: str | None = None) -> "subprocess.CompletedProcess[str]":
        """With an answer it is on a terminal, whose whole text is its stdout."""
        call = [sys.executable, "-m", "gnkmigrate", *arguments]
        if answer is None:
            return subprocess.run(
                call, check=False, capture_output=True, text=True, cwd=tmp_path, env=environment
            )
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            call, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment
        ) as process:
            os.close(theirs)
            os.write(ours, answer.encode())
            shown = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        return subprocess.CompletedProcess(call, process.returncode, shown.decode(), "")

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""


def test_a_script_is_refused_and_told_how_to_say_it(command: Command) -> None:
    refused = command("plan")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "error: A possible rename: data would be lost with what may only have another name in the "
        "target.\n"
        "  table public.picture = photo? (3 of 3 columns are the same)\n"
        "    it is one:  --rename 'table public.picture = photo'\n"
        "    it is none: --no-rename 'table public.picture'\n"
        "next: Say which it is: --rename 'table public.picture = photo', or --no-rename 'table "
        "public.picture' to drop and create.\n"
    )


def test_what_is_said_is_done(command: Command, tmp_path: Path) -> None:
    assert f"{RENAME};" in command("plan", *IS_PHOTO).stdout
    dropped = command("plan", "--no-rename", "table public.picture").stdout
    assert "DROP TABLE public.picture;" in dropped
    assert "loses all rows of public.picture" in dropped
    (tmp_path / "gnkmigrate.toml").write_text(
        'target = "target.sql"\nrenames = ["table public.picture = photo"]\n'
    )
    assert f"{RENAME};" in command("plan").stdout
    assert "DROP TABLE" in command("plan", "--no-rename", "table public.picture").stdout


def test_a_rename_is_proven_with_its_rows(command: Command) -> None:
    proven = command("plan", *IS_PHOTO, "--prove")
    assert (proven.returncode, "Proven on a copy with 1 row" in proven.stdout) == (1, True)


@pytest.mark.parametrize(("answer", "done"), [("y", RENAME), ("n", "DROP TABLE public.picture")])
def test_on_a_terminal_it_asks(command: Command, answer: str, done: str) -> None:
    asked = command("plan", answer=f"{answer}\n")
    assert "Is table public.picture now called photo? (3 of 3 columns are the same)" in asked.stdout
    assert done in asked.stdout


def test_a_label_keeps_its_rows(command: Command, database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, f"{MOOD} INSERT INTO day VALUES ('sad')")
    (tmp_path / "target.sql").write_text(PICTURE + MOOD.replace("'sad'", "'blue'"))
    assert "label public.mood.sad = blue?" in command("plan").stderr
    planned = command("plan", "--rename", "label public.mood.sad = blue", "--prove")
    assert "ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue';" in planned.stdout
    assert "Proven on a copy with 2 rows" in planned.stdout


def test_diff_notes_it_and_goes_on(command: Command, database: DatabaseUrl) -> None:
    noted = command("diff", database.conninfo, "target.sql")
    assert noted.returncode == 1
    assert noted.stderr == (
        "note: possibly a rename, 3 of 3 columns are the same: "
        "--rename 'table public.picture = photo'\n"
    )
    document = json.loads(command("diff", database.conninfo, "target.sql", "-f", "json").stdout)
    assert [each["rename"] for each in document["possible_renames"]] == [
        "table public.picture = photo"
    ]
    said = command("diff", database.conninfo, "target.sql", *IS_PHOTO)
    assert (said.stdout.splitlines()[-1], said.stderr) == ("1 difference: 1 to rename.", "")


def test_audit_takes_it_for_one_gap(command: Command) -> None:
    audited = command("audit", *IS_PHOTO, "--no-data-checks", "--format", "json")
    assert audited.returncode in {0, 1}, audited.stderr
    found = json.loads(audited.stdout)["findings"]
    gaps = [each["fix"] for each in found if each["kind"] != "check"]
    assert gaps == [[RENAME]]


def test_what_is_not_understood_is_refused(command: Command, tmp_path: Path) -> None:
    for arguments in (["--rename", "picture = photo"], ["--no-rename", "table picture"]):
        refused = command("plan", *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "next: Write KIND OLD = NEW, such as: table public.picture = photo" in refused.stderr
    (tmp_path / "gnkmigrate.toml").write_text('target = "target.sql"\nrenames = ["photo"]\n')
    assert command("audit").returncode == 2


def test_what_has_come_true_has_no_effect(command: Command) -> None:
    gone = command("plan", *IS_PHOTO, "--rename", "column public.picture.x = y")
    assert (gone.returncode, gone.stdout.count("RENAME")) == (1, 1)
