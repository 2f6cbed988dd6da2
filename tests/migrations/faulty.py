"""A session that is cut at a chosen round trip to the server: the finest place to stop at.

Run as a program it waits for tasks, one a line. For each it forks a process that carries out one
way of a phase and kills itself there, as `kill -9` would.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

from gnkmigrate.errors import ConnectionLost
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.status import Request
from tests.migrations.project import minegnk_settings
from tests.support import ROOT


@dataclass
class Fault:
    """What happens before the round trip number `point`; `passed` counts them."""

    point: int
    strike: Callable[[int], None]
    passed: int = field(default=0)
    pid: int = field(default=0)

    def before_round_trip(self) -> None:
        self.passed += 1
        if self.passed == self.point:
            self.strike(self.pid)


class FaultySession(psycopg.Connection[tuple[Any, ...]]):
    """A session whose every round trip passes by its fault first, once it has one."""

    fault: Fault | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        if self.fault is not None:
            self.fault.before_round_trip()
        return super().wait(gen, interval, timeout)


def open_session(url: DatabaseUrl, fault: Fault) -> Connection:
    session = connect(url, search_path=["public"], session_class=FaultySession)
    assert isinstance(session, FaultySession)
    fault.pid = session.info.backend_pid
    session.fault = fault
    return session


@dataclass(frozen=True)
class Task:
    """One way of one of MineGNK's phases, in the database at `url`, with these settings."""

    url: DatabaseUrl
    phase: str
    direction: Direction
    settings: Mapping[str, Any]

    def run_into(self, fault: Fault, phases: Sequence[Phase]) -> bool:
        """Runs until the fault strikes; says whether that cost the connection."""
        settings = minegnk_settings(**self.settings)
        try:
            with open_session(self.url, fault) as session:
                runner.run(session, phases, self.direction, Request(phase=self.phase), settings)
        except ConnectionLost:
            return True
        return False


def spare(pid: int) -> None:
    """For a run that is only counted."""
    del pid


class Victims:
    """Starts processes that carry out a task and are killed with SIGKILL in the middle."""

    def __init__(self, program: "subprocess.Popen[str]") -> None:
        self._program = program

    def kill_one(self, task: Task, point: int) -> bool:
        """Gives a task to a process that is killed before its round trip number `point`.

        Says whether it was; else it was through before.
        """
        told, heard = self._program.stdin, self._program.stdout
        assert told is not None
        assert heard is not None
        json.dump({"point": point, **vars(task), "url": task.url.conninfo}, told)
        told.write("\n")
        told.flush()
        code = int(heard.readline())
        assert code in {0, -signal.SIGKILL}
        return code != 0


@contextmanager
def victims() -> Iterator[Victims]:
    """The program below, for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.migrations.faulty"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as program:
        yield Victims(program)


def _kill_me(pid: int) -> None:
    del pid
    os.kill(os.getpid(), signal.SIGKILL)


def _carry_out(line: str, phases: Sequence[Phase]) -> None:
    given = json.loads(line)
    fault = Fault(given.pop("point"), _kill_me)
    Task(**{**given, "url": DatabaseUrl(given["url"])}).run_into(fault, phases)


def _main() -> None:
    phases = load_all_phases(ROOT / "migrations")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _carry_out(line, phases)
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
