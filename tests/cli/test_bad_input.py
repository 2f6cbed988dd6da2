"""What users get wrong: one message with what to do next, and never a password.

The exit code is 2 for what a person must change, 3 for what may succeed later as it is.
"""

import json
from pathlib import Path
from shutil import copytree

import pytest
from psycopg import conninfo
from typer.testing import Result

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import one_runner
from gnkmigrate.servers import Server
from tests.cli.conftest import Command, MakeRole
from tests.cli.test_upgrade import states
from tests.support import ROOT, execute, pg_dump, rows


def refused(ran: Result, *expected: str, code: int = 2) -> None:
    """One error with a hint, the exit code, no traceback, no password."""
    assert ran.exit_code == code, ran.output
    (error,) = [line for line in ran.stderr.splitlines() if line.startswith("error: ")]
    assert any(line.startswith("next: ") for line in ran.stderr.splitlines()), ran.stderr
    for text in expected:
        assert text in ran.stderr
    assert "Traceback" not in ran.output
    assert "sesame" not in ran.output
    assert error.removeprefix("error: ").strip()


def changed(url: DatabaseUrl, **parts: str) -> DatabaseUrl:
    return DatabaseUrl(conninfo.make_conninfo(url.conninfo, **parts))


@pytest.mark.parametrize("command", ["audit", "upgrade", "downgrade", "status", "verify"])
@pytest.mark.parametrize(
    ("parts", "message", "code"),
    [
        ({"password": "sesame"}, "was not accepted", 2),
        ({"host": "no-such-host.invalid", "password": "sesame"}, "is unknown", 3),
        ({"host": "127.0.0.1", "port": "1", "password": "sesame"}, "Nothing answers", 3),
        ({"dbname": "no_such_database"}, "does not exist", 2),
    ],
    ids=["wrong password", "unknown host", "no server", "missing database"],
)
def test_no_session(
    gnkmigrate: Command,
    minegnk: DatabaseUrl,
    command: str,
    parts: dict[str, str],
    message: str,
    code: int,
) -> None:
    refused(gnkmigrate(changed(minegnk, **parts), command), message, code=code)


def test_a_url_that_cannot_be_read_is_not_repeated(gnkmigrate: Command) -> None:
    ran = gnkmigrate(None, "--url", "postgresql://app:sesame@[::1/shop", "status")
    refused(ran, "The database URL cannot be read.")


@pytest.mark.parametrize("password", ["open@sesame", "open@se/sesame", "open/@sesame", "@sesame"])
def test_no_part_of_a_password_is_taken_for_the_host(gnkmigrate: Command, password: str) -> None:
    ran = gnkmigrate(None, "--url", f"postgresql://app:{password}@127.0.0.1:1/shop", "status")
    refused(ran, "The database URL has more than one @")
    assert "open" not in ran.output


def test_a_role_that_may_not_keep_a_journal(gnkmigrate: Command, role: MakeRole) -> None:
    ran = gnkmigrate(role(), "upgrade", "--yes")
    refused(ran, "permission denied", "GRANT CREATE ON DATABASE")


def test_a_role_that_does_not_own_the_tables(
    gnkmigrate: Command, report: DatabaseUrl, role: MakeRole
) -> None:
    url = role()
    execute(
        report,
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database());"
        " END $$; GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA"
        " public TO PUBLIC",
    )
    refused(gnkmigrate(url, "upgrade", "--yes"), "must be ")
    assert states(gnkmigrate, url)["data"] != "done"


def test_a_standby(gnkmigrate: Command, standby: DatabaseUrl) -> None:
    refused(gnkmigrate(standby, "upgrade", "--yes"), "standby", "the primary's address")


def test_a_role_whose_sessions_are_read_only_is_no_obstacle(
    gnkmigrate: Command, role: MakeRole
) -> None:
    url = role("SUPERUSER")
    execute(
        url,
        "DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on',"
        " current_user); END $$",
    )
    assert gnkmigrate(url, "upgrade", "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CREATE TABLE a (\n  x inger\n);\n", 'target.sql, line 2: type "inger" does not exist'),
        ("CREATE TABLE a (x int;\n", "target.sql, line 1: syntax error"),
        ("-- nothing yet\n", "declares no table"),
    ],
    ids=["unknown type", "syntax", "empty"],
)
def test_a_target_that_cannot_be_loaded(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path, text: str, message: str
) -> None:
    target = tmp_path / "target.sql"
    target.write_text(text)
    refused(gnkmigrate(report, "audit", "--target", str(target)), message)


def test_a_target_with_an_extension_that_no_server_has(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path
) -> None:
    target = tmp_path / "target.sql"
    target.write_text("CREATE EXTENSION postgis_of_the_future;\n")
    refused(gnkmigrate(report, "plan", "--target", str(target)), "does not have the extension")
    ran = gnkmigrate(report, "audit", "--target", str(target), "--format", "json")
    document = json.loads(ran.stdout)
    assert document["summary"]["status"] == "CHECKED"
    (missed,) = [each for each in document["not_run"] if each["check"] == "target"]
    assert "postgis_of_the_future" in missed["reason"]


def test_an_unknown_phase(gnkmigrate: Command, report: DatabaseUrl) -> None:
    for option in ("--phase", "--through"):
        ran = gnkmigrate(report, "upgrade", "--yes", option, "collumns")
        refused(ran, 'There is no phase "collumns".', 'Did you mean "columns"?')


def test_a_phase_out_of_order(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ran = gnkmigrate(report, "upgrade", "--yes", "--phase", "join-table")
    refused(ran, "tables, data", "gnkmigrate upgrade --through join-table")


@pytest.mark.parametrize(
    ("by_hand", "message"),
    [
        ("CREATE TABLE nodes (id uuid)", "There is already what this phase makes."),
        ("ALTER TABLE user_nodes ADD COLUMN node_id uuid", "already has columns"),
        ('ALTER TABLE users RENAME "isActive" TO is_active', "isActive"),
        ("DROP TABLE node_requests", "node_requests"),
    ],
)
def test_a_database_that_was_half_migrated_by_hand(
    gnkmigrate: Command, report: DatabaseUrl, by_hand: str, message: str
) -> None:
    execute(report, by_hand)
    refused(gnkmigrate(report, "upgrade", "--yes"), message)
    refused(gnkmigrate(report, "upgrade", "--dry-run"), message)


def test_constraints_of_other_names_are_found(gnkmigrate: Command, report: DatabaseUrl) -> None:
    execute(
        report,
        """
        ALTER TABLE users RENAME CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" TO "PK of users";
        ALTER TABLE users RENAME CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3" TO users_email_key;
        ALTER TABLE node_requests
            RENAME CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d" TO "FK_0123456789abcdef";
        """,
    )
    assert gnkmigrate(report, "upgrade", "--yes").exit_code == 0
    assert gnkmigrate(report, "downgrade", "--all", "--yes").exit_code == 0
    names = rows(
        report,
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = 'users'::regclass AND contype <> 'n'",  # NOT NULL has names since 18
    )
    assert {name for (name,) in names} == {"PK of users", "users_email_key"}


@pytest.mark.parametrize(
    ("rows_of_the_wrong_shape", "message"),
    [
        (
            "UPDATE user_nodes SET label = repeat('x', 101)",
            "label: values that the new column cannot hold",
        ),
        (
            "UPDATE users SET name = repeat('x', 256) WHERE id::text LIKE '%1'",
            "name: values that the new column cannot hold",
        ),
        ("UPDATE node_requests SET processed_by = 'nobody'", "name no row, or several"),
    ],
)
def test_rows_of_the_wrong_shape(
    gnkmigrate: Command, report: DatabaseUrl, rows_of_the_wrong_shape: str, message: str
) -> None:
    execute(report, rows_of_the_wrong_shape)
    refused(gnkmigrate(report, "upgrade", "--yes"), message, "nothing was changed")


def test_a_revision_that_was_edited_after_it_ran(
    gnkmigrate: Command, report: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(ROOT / "migrations", tmp_path / "migrations")
    monkeypatch.setenv("GNKMIGRATE_MIGRATIONS", str(tmp_path / "migrations"))
    assert gnkmigrate(report, "upgrade", "--yes", "--phase", "tables").exit_code == 0
    with (tmp_path / "migrations" / "versions" / "0001_tables.py").open("a") as file:
        file.write("\n# an afterthought\n")
    for command in ("upgrade", "downgrade"):
        refused(gnkmigrate(report, command, "--yes"), "edited since", "0001_tables.py")
    shown = gnkmigrate(report, "status", "--check")
    assert shown.exit_code == 1
    assert "0001_tables.py has been edited since it ran" in shown.stdout.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "message"),
    [("def upgrade(:\n", "cannot be read"), ("revision = '0001'\n", "cannot be read")],
)
def test_a_revision_that_cannot_be_read(
    gnkmigrate: Command,
    report: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    message: str,
) -> None:
    copytree(ROOT / "migrations", tmp_path / "migrations")
    (tmp_path / "migrations" / "versions" / "0001_tables.py").write_text(text)
    monkeypatch.setenv("GNKMIGRATE_MIGRATIONS", str(tmp_path / "migrations"))
    refused(gnkmigrate(report, "upgrade", "--yes"), message)


def test_a_second_runner(gnkmigrate: Command, report: DatabaseUrl) -> None:
    with connect(report) as other, one_runner.hold(other):
        ran = gnkmigrate(report, "upgrade", "--yes")
        pid = other.info.backend_pid
    refused(ran, "Another gnkmigrate works on this database.", f"pid {pid}", code=3)


@pytest.mark.parametrize("command", ["upgrade", "downgrade", "status", "verify"])
def test_a_folder_without_a_project(
    gnkmigrate: Command,
    report: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(gnkmigrate(report, command), "There are no revisions in")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("traget = 'x.sql'\n", "traget"),
        ("schemas = []\n", "schemas"),
        ("target = \n", "not valid TOML"),
        ("[limits]\nlock_timeout_ms = -1\n", "limits.lock_timeout_ms"),
    ],
)
def test_settings_that_are_not_allowed(
    gnkmigrate: Command, tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "gnkmigrate.toml"
    file.write_text(text)
    refused(gnkmigrate(None, "--config", str(file), "status"), str(file), message)


def test_no_password_is_in_the_journal(
    gnkmigrate: Command, report: DatabaseUrl, role: MakeRole
) -> None:
    assert gnkmigrate(role("SUPERUSER"), "upgrade", "--yes").exit_code == 0
    journal = rows(
        report,
        "SELECT run::text FROM gnkmigrate.run UNION ALL SELECT step::text FROM gnkmigrate.step",
    )
    assert journal
    assert not [line for (line,) in journal if "sesame" in line]


def test_a_refusal_leaves_nothing_behind(
    gnkmigrate: Command, report: DatabaseUrl, server: Server
) -> None:
    execute(report, "CREATE TABLE nodes (id uuid)")
    before = pg_dump(report, server)
    refused(gnkmigrate(report, "upgrade", "--yes"), "nothing was changed")
    assert pg_dump(report, server) == before
