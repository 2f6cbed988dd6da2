"""Alembic's own commands do in this environment what gnkmigrate's do."""

import os
import subprocess
import sys

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.migrations.project import Project, Stations
from tests.support import ROOT

# What MineGNK's own database has besides: journal and all.
JOURNAL = "SELECT phase, name, state, rows FROM gnkmigrate.step ORDER BY phase, name"


def alembic(
    project: Project, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs Alembic in another process, with the database in DATABASE_URL."""
    policies = {
        "GNKMIGRATE_POLICIES__OVERFLOW": "truncate",
        "GNKMIGRATE_POLICIES__UNMAPPED": "archive",
        "GNKMIGRATE_SOURCE_TIMEZONE": "Europe/Berlin",
    }
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **policies,
            "DATABASE_URL": project.url.conninfo,
            "PYTHONWARNINGS": "error",
            **environment,
        },
    )


def test_up_and_down_give_the_same_as_gnkmigrate(stations: Stations) -> None:
    with stations[0].project() as ours, stations[0].project() as theirs:
        ours.up()

        upgraded = alembic(theirs, "upgrade", "head")
        assert upgraded.returncode == 0, upgraded.stderr
        assert theirs.state == ours.state
        assert theirs.rows(JOURNAL) == ours.rows(JOURNAL)
        assert theirs.states == ours.states

        assert alembic(theirs, "current").stdout.strip() == "0006 (head)"
        assert alembic(theirs, "upgrade", "head").returncode == 0
        assert alembic(theirs, "check").returncode != 0  # there are no models to check

        downgraded = alembic(theirs, "downgrade", "base")
        assert downgraded.returncode == 0, downgraded.stderr
        assert theirs.state == stations[0].state
        assert alembic(theirs, "current").stdout.strip() == ""


def test_both_can_take_turns(stations: Stations) -> None:
    with stations[0].project() as project:
        assert alembic(project, "upgrade", "+2").returncode == 0
        assert project.state == stations[2].state
        project.up(through="indexes")
        assert alembic(project, "current").stdout.strip() == "0004"
        assert alembic(project, "upgrade", "0005").returncode == 0
        assert project.state == stations[5].state
        project.down(phase="columns")
        assert alembic(project, "downgrade", "-1").returncode == 0
        assert project.state == stations[3].state
        assert alembic(project, "downgrade", "base").returncode == 0
        assert project.state == stations[0].state


def test_looking_changes_nothing(stations: Stations) -> None:
    with stations[0].project() as project:
        before = project.rows("SELECT nspname FROM pg_namespace ORDER BY 1")

        assert alembic(project, "current").stdout.strip() == ""
        history = alembic(project, "history")
        assert [line.split(",")[0] for line in history.stdout.splitlines()] == [
            "0005 -> 0006 (head)",
            "0004 -> 0005",
            "0003 -> 0004",
            "0002 -> 0003",
            "0001 -> 0002",
            "<base> -> 0001",
        ]
        script = alembic(project, "upgrade", "head", "--sql")

        assert "ALTER TABLE" in script.stdout
        assert script.stdout.count("-- phase") == 6
        assert project.rows("SELECT nspname FROM pg_namespace ORDER BY 1") == before
        assert project.state == stations[0].state


def test_what_is_wrong_is_said_without_a_traceback(stations: Stations) -> None:
    with stations[0].project() as project:
        project.execute("CREATE TABLE nodes ()")
        refused = alembic(project, "upgrade", "head")
        stamped = alembic(project, "stamp", "head")
        lost = alembic(project, "current", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/x")

    assert refused.returncode != 0
    assert "Phase tables cannot upgrade; nothing was changed." in refused.stdout
    assert "public.nodes" in refused.stdout
    assert stamped.returncode != 0
    assert "cannot be stamped" in stamped.stdout
    assert lost.returncode != 0
    assert "Nothing answers" in lost.stdout
    for answer in (refused, stamped, lost):
        assert "Traceback" not in answer.stderr
        assert "hunter2" not in answer.stderr + answer.stdout


def test_the_database_can_be_given_with_x(stations: Stations) -> None:
    with stations[0].project() as project:
        elsewhere = DatabaseUrl.parse("postgresql://127.0.0.1:1/nowhere").conninfo

        upgraded = alembic(
            project, "-x", f"url={project.url.conninfo}", "upgrade", "0001", DATABASE_URL=elsewhere
        )

        assert upgraded.returncode == 0, upgraded.stderr
        assert project.states[0] == "done"
