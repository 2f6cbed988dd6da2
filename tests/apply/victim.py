"""A process that carries a plan out and is killed, as `kill -9` would, at a chosen round trip.

Run as a program it waits for tasks, one a line, and forks for each.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.apply.workflow import Application, apply
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run import events
from gnkmigrate.settings import Settings
from tests.migrations.faulty import Fault, open_session
from tests.support import ROOT


@dataclass(frozen=True)
class Victims:
    """Starts processes that are killed before one of their round trips to the server."""

    program: "subprocess.Popen[str]"

    def kill_one(self, url: DatabaseUrl, file: Path, point: int, *, undo: bool) -> bool:
        """Says whether it was killed; else it had come to its end before."""
        told, heard = self.program.stdin, self.program.stdout
        assert told is not None
        assert heard is not None
        told.write(json.dumps([url.conninfo, str(file), point, undo]) + "\n")
        told.flush()
        code = int(heard.readline())
        assert code in {0, -signal.SIGKILL}
        return code != 0


@contextmanager
def victims() -> Iterator[Victims]:
    """The program below, for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.apply.victim"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as program:
        yield Victims(program)


def carry_out(
    url: DatabaseUrl,
    file: Path,
    fault: Fault,
    observe: events.Observer = events.ignore,
    *,
    undo: bool,
) -> None:
    how = Application(undo=undo, losses_allowed=True)
    apply(lambda: open_session(url, fault), PlanRun.read(file), how, Settings(), observe)


def _kill_me(pid: int) -> None:
    del pid
    os.kill(os.getpid(), signal.SIGKILL)


def _main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            conninfo, file, point, undo = json.loads(line)
            carry_out(DatabaseUrl(conninfo), Path(file), Fault(point, _kill_me), undo=undo)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
