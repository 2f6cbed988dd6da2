"""What the journal says of MineGNK's phases, and what it never says."""

import hashlib
import shutil
from pathlib import Path

import pytest

import gnkmigrate
from gnkmigrate.errors import RevisionError
from gnkmigrate.run.revision import load_phases
from tests.migrations.project import Project, Stations
from tests.migrations.ways import Stop, Stopped
from tests.support import ROOT


def test_a_run_is_written_down_with_all_that_one_asks_later(stations: Stations) -> None:
    with stations[0].project() as project:
        project.up(through="join-table")
        project.down(phase="join-table")

        runs = project.rows(
            "SELECT number, phase, revision, direction, state, steps, rows, error, tool_version,"
            " database_user = session_user, finished_at >= started_at FROM gnkmigrate.run"
            " ORDER BY number"
        )
        same = ("done", None, gnkmigrate.__version__, True, True)
        steps = [sum(s.changes for s in p.up_steps) for p in project.phases]
        back = sum(step.changes for step in project.phases[2].down_steps)
        assert [(*run[:4], run[4], *run[7:]) for run in runs] == [
            (1, "tables", "0001", "up", *same),
            (2, "data", "0002", "up", *same),
            (3, "join-table", "0003", "up", *same),
            (4, "join-table", "0003", "down", *same),
        ]
        assert [run[5] for run in runs] == [*steps[:3], back]
        assert runs[1][6] >= 3  # the rows of user_nodes

        checksums = project.rows("SELECT checksum FROM gnkmigrate.run WHERE direction = 'up'")
        files = [hashlib.sha256(phase.file.read_bytes()).hexdigest() for phase in project.phases]
        assert [row[0] for row in checksums] == files[:3]
        assert project.value("SELECT parameters FROM gnkmigrate.run WHERE number = 1") == {
            "source_timezone": "Europe/Berlin",
            "identifier_type": "wallet",
            "inactive": "keep",
            "legacy": "views",
            "legacy_schema": "gnkmigrate_legacy",
            "overflow": "truncate",
            "unmapped": "archive",
            "spill": "no",
            "drift": "checked",
        }
        assert project.rows("TABLE gnkmigrate.alembic_version") == [("0002",)]
        assert project.value("SELECT count(*) FROM gnkmigrate.step WHERE phase = 'join-table'") == 0


def test_after_the_way_back_only_the_runs_are_left(stations: Stations) -> None:
    with stations[6].project() as project:
        project.down()

        for table in ("step", "memory", "overflow", "alembic_version"):
            assert project.rows(f"TABLE gnkmigrate.{table}") == []
        assert project.value("SELECT count(*) FROM gnkmigrate.run WHERE state = 'done'") == 12
        ours = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'gnkmigrate')"
        assert project.rows(ours) == [("gnkmigrate",)]
        functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'gnkmigrate'::regnamespace"
        assert project.rows(functions) == []

        project.up()  # and it can all begin again
        assert project.states == ("done",) * 6


def test_status_tells_where_each_phase_stands(stations: Stations) -> None:
    with stations[0].project() as project:
        assert project.states == ("pending",) * 6

        project.up(through="data")
        with pytest.raises(Stopped):
            project.up(Stop("links of public.user_nodes"))
        assert project.states == ("done", "done", "failed", "pending", "pending", "pending")
        assert project.value("SELECT error FROM gnkmigrate.run WHERE phase = 'join-table'") == (
            "Stopped"
        )

        project.up()
        with pytest.raises(Stopped):
            project.down(Stop("type public.users_role_enum"))
        assert project.states == ("done",) * 5 + ("failed",)

        project.down()
        assert project.states == ("pending",) * 6


def test_an_edited_file_of_a_phase_that_is_done_is_refused(
    stations: Stations, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    with stations[2].project() as project:
        edited = Project(
            project.url, project.server, load_phases(tmp_path / "migrations"), project.settings
        )
        assert edited.states == project.states
        file = tmp_path / "migrations" / "versions" / "0002_data.py"
        file.write_text(file.read_text() + "\n# a comment\n")
        edited = Project(
            project.url, project.server, load_phases(tmp_path / "migrations"), project.settings
        )
        before = project.state

        for run in (edited.up, edited.down):
            with pytest.raises(RevisionError, match="have been edited since") as refused:
                run()
            assert refused.value.details == ("data: 0002_data.py",)
        assert project.state == before

        file = tmp_path / "migrations" / "versions" / "0003_join_table.py"
        shutil.copy(ROOT / "migrations" / "versions" / "0002_data.py", file.parent)
        file.write_text(file.read_text() + "\n# a comment\n")
        Project(
            project.url, project.server, load_phases(tmp_path / "migrations"), project.settings
        ).up()  # a pending phase may be edited


def test_a_phase_that_migrations_no_longer_have_is_refused(stations: Stations) -> None:
    with stations[3].project() as project:
        short = Project(project.url, project.server, project.phases[:2], project.settings)

        with pytest.raises(RevisionError, match="does not know: join-table") as refused:
            short.up()
        assert refused.value.details == ("join-table: a file with revision = '0003'",)


def test_the_way_back_reads_times_as_the_way_there_did(stations: Stations) -> None:
    with stations[6].project(source_timezone="Asia/Kathmandu") as project:
        project.down()

        assert project.state == stations[0].state


def test_no_password_is_kept_or_shown(stations: Stations) -> None:
    secret = "correct horse battery staple"
    with stations[0].project() as project:
        project.execute(f"UPDATE users SET password = '{secret}'")
        told: list[object] = []
        project.up(told.append)
        project.execute(
            "UPDATE users SET role = NULL WHERE email LIKE 'ada%';"
            "UPDATE users SET telegram = 'x' WHERE email LIKE 'ada%'"
        )
        project.down(told.append, parameters={"spill": "yes"})

        assert secret not in str(told)
        for table in ("run", "step", "memory", "overflow"):
            assert secret not in str(project.rows(f"TABLE gnkmigrate.{table}"))
        own = project.url.conninfo.split("password=")
        if len(own) > 1:
            assert own[1].split()[0] not in str(project.rows("TABLE gnkmigrate.run"))
