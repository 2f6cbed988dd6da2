"""`gnkmigrate plan`, from the outside."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server

TARGET = "CREATE TABLE item (id integer PRIMARY KEY, name text);"

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(server: Server, database: DatabaseUrl, tmp_path: Path) -> Command:
    """Runs the command in a project whose target is TARGET, on an empty live database."""
    (tmp_path / "target.sql").write_text(TARGET)
    (tmp_path / "gnkmigrate.toml").write_text('target = "target.sql"\n')
    environment = {
        "DATABASE_URL": database.conninfo,
        "GNKMIGRATE_SERVER__PROVIDER": "url",
        "GNKMIGRATE_SERVER__URL": server.url.conninfo,
    }

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "gnkmigrate", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**environment, **os.environ},
        )

    return run


def test_the_script_does_what_it_says(
    command: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    written = command("plan", "--format", "sql", "--output", "plan.sql")
    assert (written.returncode, written.stdout) == (1, "")
    with connect(database) as connection:
        connection.execute((tmp_path / "plan.sql").read_bytes())
    done = command("plan")
    assert (done.returncode, done.stderr) == (0, "")
    nothing, rest = done.stdout.splitlines()
    assert nothing == "Nothing to do: the database is as the target says."
    # Until PostgreSQL 14 schema public has an owner of its own.
    assert rest.startswith("not compared: ")
    assert rest.endswith("table public.item); the target says nothing of them")


def test_names_are_found_as_the_database_finds_them_unless_the_settings_say_where(
    command: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    with connect(database) as connection:
        name = connection.info.dbname
        connection.execute(
            f"""
            CREATE SCHEMA app; CREATE SCHEMA tools;
            ALTER DATABASE "{name}" SET search_path = app, not_there, tools, public
            """.encode()
        )
    planned = json.loads(command("plan", "--format", "json").stdout)
    assert planned["session"]["search_path"] == ["app", "tools", "public"]
    with (tmp_path / "gnkmigrate.toml").open("a") as settings:
        settings.write('schemas = ["public", "app"]\n')
    planned = json.loads(command("plan", "--format", "json").stdout)
    assert planned["session"]["search_path"] == ["public", "app"]


def test_a_rename_that_applies_to_nothing_is_named(
    command: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    with connect(database) as connection:
        connection.execute("CREATE TABLE public.item (id int PRIMARY KEY, title text)")
    typo = ("--rename", "column public.itme.title = name")
    missing = "'column public.itme.title = name' applies to nothing: there is no column "
    refused = command("plan", *typo)
    assert refused.returncode == 2
    assert f"note: --rename {missing}public.itme.title in the live database." in refused.stderr
    again = (*typo, "--no-rename", "column public.item.title")
    done = command("plan", *again, "--output", "plan.txt")
    assert (tmp_path / "plan.txt").read_text().splitlines()[-1] in done.stderr.splitlines()
    for other in (
        command("audit", *again),
        command("diff", database.conninfo, "target.sql", *typo),
    ):
        assert f"note: --rename {missing}public.itme.title in the " in other.stderr
    # In the settings it may have been done.
    with (tmp_path / "gnkmigrate.toml").open("a") as settings:
        settings.write('renames = ["table public.old = item"]')
    assert command("plan", *again[2:]).stderr == ""


def test_what_nobody_reads_is_named(command: Command, database: DatabaseUrl) -> None:
    with connect(database, search_path=["public"]) as connection:
        connection.execute(f"{TARGET} SELECT lo_create(4711)".encode())
    limited, unread, _ = command("plan").stdout.splitlines()
    assert limited == "Nothing to do: the database is as the target says, as far as was compared."
    assert unread == "not compared: 1 large object (4711); no kind reads it"
    script = command("plan", "--format", "sql").stdout
    assert f"-- {unread}" in script.splitlines()
    document = json.loads(command("plan", "--format", "json").stdout)
    assert document["not_compared"][0] == {
        "kind": "large object",
        "names": ["4711"],
        "count": 1,
        "reason": "no kind reads it",
        "on_purpose": False,
    }


def test_json_is_one_document(command: Command) -> None:
    result = command("plan", "--format", "json")
    assert result.returncode == 1
    assert [each["reason"] for each in json.loads(result.stdout)["statements"]] == [
        "Table public.item is missing."
    ]


def test_a_proof_goes_with_each_format(command: Command) -> None:
    told = "Proven on a copy with 0 rows: it runs, arrives"
    proven = command("plan", "--prove")
    steps = [line for line in proven.stderr.splitlines() if line.endswith(" ...")]
    assert (proven.returncode, steps) == (1, ["copy ...", "statements ...", "comparison ..."])
    assert proven.stdout.splitlines()[-1].startswith(told)
    assert f"\n-- {told}" in command("plan", "--prove", "--format", "sql").stdout
    proof = json.loads(command("plan", "--prove", "--format", "json").stdout)["proof"]
    assert (len(proof["seconds"]), proof["rows"], proof["provider"]) == (1, 0, "url")


def test_a_plan_that_does_not_hold_is_not_given_out(
    command: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    with connect(database) as connection:
        connection.execute("CREATE TABLE public.item (id integer, name text)")
        connection.execute("INSERT INTO public.item VALUES (1), (1)")
    refused = command("plan", "--prove", "--output", "plan.txt")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "of the plan fails on a copy of the live database: could not create" in refused.stderr
    assert not (tmp_path / "plan.txt").exists()


def test_options_of_a_proof_need_one(command: Command) -> None:
    refused = command("plan", "--sample", "5")
    assert refused.returncode == 2
    assert "--sample and --skip-extension go with --prove" in refused.stderr


def test_another_target(command: Command, tmp_path: Path) -> None:
    (tmp_path / "other.sql").write_text("CREATE TABLE other ();")
    assert "CREATE TABLE public.other ()" in command("plan", "--target", "other.sql").stdout


def test_an_empty_database_is_as_a_target_that_declares_nothing(
    command: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "target.sql").write_text("-- nothing yet\n")
    assert [command(name).returncode for name in ("plan", "doctor")] == [0, 0]
    with connect(database) as connection:
        connection.execute("CREATE TABLE public.item (id integer)")
    assert "declares no table" in command("plan").stderr


def test_what_cannot_work_is_said_in_one_message(command: Command) -> None:
    result = command("plan", "--target", "missing.sql")
    assert result.returncode == 2
    assert result.stderr.startswith("error: The schema file missing.sql does not exist.")
    assert "Traceback" not in result.stderr


def test_a_role_that_the_server_lacks_is_named_before_anything_is_done(
    command: Command, database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "embedded")
    (tmp_path / "target.sql").write_text(
        """
        CREATE TABLE a (id int); ALTER TABLE a OWNER TO "no owner";
        GRANT SELECT ON a TO "no, reader" WITH GRANT OPTION;
        ALTER DEFAULT PRIVILEGES FOR ROLE "no owner" GRANT SELECT ON TABLES TO gnk_nobody;
        CREATE POLICY p ON a TO gnk_no_member;
        """
    )
    missing = ('"no owner"', '"no, reader"', "gnk_no_member", "gnk_nobody")
    said = [f"There is no role {role}. Run: CREATE ROLE {role};" for role in missing]
    planned = command("plan", "--format", "json", "--output", "plan.json")
    assert planned.returncode == 1
    assert [line for line in planned.stderr.splitlines() if "no role" in line] == [
        f"note: {line}" for line in said
    ]
    refused = command("apply", "plan.json", "--yes")
    assert refused.returncode == 2
    assert [line.strip() for line in refused.stderr.splitlines() if "no role" in line] == said
    with connect(database) as session:
        assert session.execute("SELECT to_regclass('public.a')").fetchone() == (None,)
