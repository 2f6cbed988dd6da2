"""Many runners at once: one works, the others are told who it is, and nothing is done twice."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events, one_runner, runner
from gnkmigrate.run.status import Request
from tests.migrations.project import Project
from tests.small import Small
from tests.support import ROOT

RUNNERS = 10

LOG = """
op.step("table log", "CREATE TABLE public.log (entry text)")
op.step("first", "INSERT INTO public.log VALUES ('first')")
op.step("second", "INSERT INTO public.log VALUES ('second')")
op.step("third", "INSERT INTO public.log VALUES ('third')")
"""
ONCE = [("first",), ("second",), ("third",)]


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, project: Project) -> Small:
    return Small(tmp_path_factory.mktemp("migrations"), project.url, project.server)


# Ten processes, but what they import is imported once. Says how each has ended, as it ends.
PROGRAM = """
import os, sys
import gnkmigrate.cli._migration, gnkmigrate.run.environment
from gnkmigrate.__main__ import main
folder, number = sys.argv[1], int(sys.argv[2])
sys.argv = ["gnkmigrate", "upgrade", "--yes"]
for runner in range(number):
    if os.fork() == 0:
        said = os.open(f"{folder}/{runner}", os.O_CREAT | os.O_WRONLY)
        os.dup2(said, 1), os.dup2(said, 2)
        sys.exit(main())
for _ in range(number):
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


@contextmanager
def upgrades(project: Project, folder: Path) -> Iterator[IO[str]]:
    """Ten times `gnkmigrate upgrade` at once; gives their exit codes, a line each."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, folder, str(RUNNERS)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": project.url.conninfo},
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        try:
            yield program.stdout
        except BaseException:
            os.killpg(program.pid, signal.SIGKILL)
            raise


def test_of_ten_runners_one_works_and_the_others_leave_and_name_it(
    project: Project, tmp_path: Path
) -> None:
    with upgrades(project, tmp_path) as codes:
        with project.session() as other, other.transaction():
            other.execute("LOCK TABLE public.users")  # the one waits until the others have gone
            assert [int(codes.readline()) for _ in range(RUNNERS - 1)] == [3] * (RUNNERS - 1)
            working = one_runner.holder(other)
        assert int(codes.readline()) == 0

    assert working is not None
    assert re.match(r"pid \d+, user \w+, gnkmigrate, from this host, since 2\d{3}-", working)
    said = [file.read_text() for file in tmp_path.iterdir()]
    assert sum(working in text for text in said) == RUNNERS - 1
    assert project.states == ("done",) * 6
    assert project.value("SELECT count(*) FROM gnkmigrate.run") == 6


def interrupted_run(project: Project, step: str, happens: Callable[[], None]) -> None:
    """An upgrade whose session is ended before `step`; `happens` runs before its next statement."""
    sessions: list[Connection] = []
    struck: list[events.Event] = []

    def open_session() -> Connection:
        sessions.append(connect(project.url, search_path=["public"]))
        return sessions[-1]

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == step and not struck:
            struck.append(event)
            with project.session() as other:
                pid = sessions[-1].info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            happens()

    runner.run_to_the_end(open_session, project.phases, "up", Request(), project.settings, observe)
    assert struck


def test_a_runner_whose_lock_went_does_not_do_what_another_has_done_meanwhile(
    small: Small,
) -> None:
    small.revision(1, LOG)
    project = small.project()

    interrupted_run(project, "second", project.up)

    assert project.rows("SELECT entry FROM log") == ONCE
    assert project.states == ("done",)


def test_a_runner_whose_lock_went_waits_for_the_one_who_has_it_now(small: Small) -> None:
    small.revision(1, LOG)
    project = small.project()
    begun, others = threading.Event(), list[threading.Thread]()

    def slowly(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            begun.set()
            time.sleep(0.3)

    def another_begins() -> None:
        others.append(threading.Thread(target=project.up, args=(slowly,)))
        others[0].start()
        assert begun.wait(10)

    interrupted_run(project, "second", another_begins)
    others[0].join()

    assert project.rows("SELECT entry FROM log") == ONCE
    assert project.states == ("done",)
    assert project.rows("SELECT state FROM gnkmigrate.run ORDER BY number") == [
        ("failed",),
        ("done",),
    ]
