"""The commands backup and restore."""

import json
import os
import pty
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

import pytest
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.support import ROOT, execute, rows

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs gnkmigrate in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(application(), [*arguments])


@pytest.fixture
def shop(database: DatabaseUrl) -> DatabaseUrl:
    """A database with two tables and three rows."""
    execute(
        database,
        "CREATE TABLE customer (name text); INSERT INTO customer VALUES ('Ada'), ('Ben');"
        "CREATE TABLE purchase (price numeric); INSERT INTO purchase VALUES (9.99)",
    )
    return database


@pytest.fixture
def saved(run: Run, shop: DatabaseUrl, tmp_path: Path) -> Path:
    """A backup of it."""
    made = run("--url", shop.conninfo, "backup", "--output", "shop.dump")
    assert made.exit_code == 0
    return tmp_path / "shop.dump"


def described(command: str) -> set[str]:
    """The keys that a command's JSON document has by its schema."""
    schema = json.loads((ROOT / "docs" / f"{command}.schema.json").read_text())
    return set(schema["properties"])


def test_a_backup_in_the_projects_folder(run: Run, shop: DatabaseUrl, tmp_path: Path) -> None:
    made = run("--url", shop.conninfo, "backup")
    assert made.exit_code == 0
    (file,) = (tmp_path / "backups").glob("*.dump")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(file) in made.stdout
    assert "2 tables, 3 rows" in made.stdout
    assert "SHA-256 " in made.stdout
    # After a second it tells how far it is.
    assert made.stderr.splitlines()[-1] == f"Next: gnkmigrate restore {file} --url URL"


def test_a_backup_that_is_verified(run: Run, shop: DatabaseUrl) -> None:
    made = run("--url", shop.conninfo, "backup", "--verify", "--format", "json")
    assert made.exit_code == 0
    document = json.loads(made.stdout)
    assert document.keys() == described("backup")
    assert document["verified"] is True
    assert document["differences"] == []
    assert Path(document["path"]).is_file()
    assert {table["name"]: table["rows"] for table in document["manifest"]["tables"]} == {
        "customer": 2,
        "purchase": 1,
    }


def test_a_folder_that_is_not_there(run: Run, shop: DatabaseUrl) -> None:
    made = run("--url", shop.conninfo, "backup", "--output", "away/shop.dump")
    assert made.exit_code == 2
    assert made.stdout == ""
    assert "away/shop.dump cannot be written" in made.stderr
    assert "next: " in made.stderr


def test_a_restore(run: Run, saved: Path, server: Server) -> None:
    with server.database() as other:
        done = run("restore", str(saved), "--url", other.conninfo, "--yes")
        assert done.exit_code == 0
        assert "2 tables, 3 rows as in the backup, compared by their number" in done.stdout
        assert rows(other, "SELECT name FROM customer ORDER BY 1") == [("Ada",), ("Ben",)]


def test_a_restore_into_the_live_database(run: Run, saved: Path, shop: DatabaseUrl) -> None:
    execute(shop, "DELETE FROM customer; CREATE TABLE more ()")
    refused = run("--url", shop.conninfo, "restore", str(saved), "--yes")
    assert refused.exit_code == 2
    assert "is not empty" in refused.stderr
    assert "table public.more" in refused.stderr
    done = run(
        "--url", shop.conninfo, "restore", str(saved), "--clean", "--yes", "--format", "json"
    )
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document.keys() == described("restore")
    assert document["rows"] == 3
    tables = ["table public.customer", "table public.more", "table public.purchase"]
    assert document["dropped"] == tables
    assert rows(shop, "SELECT to_regclass('more') IS NULL") == [(True,)]


def test_a_restore_whose_rows_are_not_those_saved(run: Run, saved: Path, server: Server) -> None:
    manifest = Path(f"{saved}.json")
    manifest.write_text(manifest.read_text().replace('"rows": 2', '"rows": 5'))
    with server.database() as other:
        done = run("restore", str(saved), "--url", other.conninfo, "--yes")
    assert done.exit_code == 1
    assert "FAILED table public.customer: 5 rows saved, 2 restored" in done.stdout


def test_without_a_terminal_there_is_nobody_to_ask(
    run: Run, saved: Path, database: DatabaseUrl, shop: DatabaseUrl
) -> None:
    execute(shop, "DROP TABLE customer, purchase")
    refused = run("restore", str(saved), "--url", database.conninfo)
    assert refused.exit_code == 2
    assert "here is no terminal to ask on" in refused.stderr
    assert "next: Add --yes." in refused.stderr


@pytest.mark.parametrize(("answer", "restored"), [("y", True), ("n", False)])
def test_on_a_terminal_it_asks(saved: Path, server: Server, answer: str, restored: bool) -> None:
    with server.database() as other:
        said, code = at_terminal(
            ["restore", str(saved), "--url", other.conninfo], b"[y/N]:", f"{answer}\n".encode()
        )
        assert "2 tables, 3 rows" in said
        assert code == (0 if restored else 2)
        found = rows(other, "SELECT to_regclass('customer') IS NOT NULL")
        assert found == [(restored,)]


def at_terminal(arguments: list[str], question: bytes, answer: bytes) -> tuple[str, int]:
    """Runs gnkmigrate on a terminal, and answers its question."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "gnkmigrate", *arguments]
    said = b""
    with Popen(command, stdin=terminal, stdout=DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        while process.poll() is None or select.select([controller], [], [], 0)[0]:
            if not select.select([controller], [], [], 0.05)[0]:
                continue
            try:
                said += os.read(controller, 4096)
            except OSError:  # the terminal is closed
                break
            if question in said and answer:
                os.write(controller, answer)
                answer = b""
    os.close(controller)
    return said.decode(), process.returncode


@contextmanager
def waiting_backup(shop: DatabaseUrl, folder: Path) -> Iterator[tuple[Popen[str], Connection]]:
    """A backup that waits for a lock, and the session that holds it."""
    command = [sys.executable, "-m", "gnkmigrate", "--url", shop.conninfo, "backup"]
    waits = "SELECT count(*) FROM pg_locks WHERE relation = 'public.customer'::regclass"
    with connect(shop) as blocker, connect(shop) as looking:
        blocker.execute("BEGIN; LOCK TABLE public.customer IN ACCESS EXCLUSIVE MODE")
        with Popen(command, cwd=folder, stdout=PIPE, stderr=PIPE, text=True) as process:
            while process.poll() is None and looking.execute(waits).fetchone() != (2,):
                time.sleep(0.02)
            yield process, blocker


def test_a_long_wait_is_told(shop: DatabaseUrl, tmp_path: Path) -> None:
    with waiting_backup(shop, tmp_path) as (process, blocker):
        with pytest.raises(TimeoutExpired):
            process.wait(1.5)
        blocker.execute("ROLLBACK")
        _, said = process.communicate()
    assert process.returncode == 0
    assert said.startswith("counting rows\n")


def test_a_backup_that_is_interrupted(shop: DatabaseUrl, tmp_path: Path) -> None:
    with waiting_backup(shop, tmp_path) as (process, _):
        process.terminate()
        _, said = process.communicate()
    assert process.returncode == 2
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.dump*"))
