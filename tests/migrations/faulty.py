"""A session that is cut at a chosen round trip to the server: the finest place to stop at.

Run as a program it carries out one way of a phase and kills itself there, as `kill -9` would.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.phases import runner
from gnkmigrate.phases.events import Direction
from gnkmigrate.phases.revision import load_phases
from gnkmigrate.phases.status import Request
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


def run_into(
    url: DatabaseUrl, fault: Fault, phase: str, direction: Direction, **given: Any
) -> None:
    """Runs a phase until the fault strikes."""
    phases = load_phases(ROOT / "migrations")
    settings = minegnk_settings(**given)
    with open_session(url, fault) as session:
        runner.run(session, phases, direction, Request(phase=phase), settings)


def kill_me(pid: int) -> None:
    del pid
    os.kill(os.getpid(), signal.SIGKILL)


def spare(pid: int) -> None:
    """For a run that is only counted."""
    del pid


if __name__ == "__main__":
    task = json.loads(sys.argv[1])
    run_into(
        DatabaseUrl(os.environ["DATABASE_URL"]),
        Fault(task["point"], kill_me),
        task["phase"],
        task["direction"],
        **task["settings"],
    )
