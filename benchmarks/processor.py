"""Processor time of what talks to a server: its own, and that of the server's processes for it.

Needs Linux: /proc tells what a process has used. What else a machine does makes everything slower,
and hardly changes how much of a processor it takes.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.postgres.connection import DatabaseUrl, connect

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 10.0
_LOOK_S = 0.01
# Processes of a server that serve nobody in particular.
_OWN = ("checkpointer", "background writer", "walwriter", "walsummarizer", "io worker", "launcher")
# An installed program has its byte code.
_ENVIRONMENT = {key: os.environ[key] for key in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}


@dataclass(frozen=True)
class Cost:
    """What something took.

    Attributes:
        client: seconds of processor time of its own.
        server: seconds of processor time of the server for it.
        elapsed: seconds on the clock, which tell of the work alone where nobody else is at work.
        peak: the most memory it had, in MB; 0 where nobody looked.
    """

    client: float
    server: float
    elapsed: float
    peak: float = 0.0

    @property
    def total(self) -> float:
        return self.client + self.server

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.client + other.client,
            self.server + other.server,
            self.elapsed + other.elapsed,
            max(self.peak, other.peak),
        )


class Meter:
    """Measures what is done with one server that nobody else uses.

    Args:
        url: a database of that server; the role is a superuser.
    """

    def __init__(self, url: DatabaseUrl) -> None:
        with connect(url) as session:
            # What it does now and then is nobody's.
            session.execute("ALTER SYSTEM SET autovacuum = off")
            session.execute("SELECT pg_reload_conf()")
            (folder,) = session.execute("SHOW data_directory").fetchone() or ("",)
        lines = (Path(folder) / "postmaster.pid").read_text().splitlines()
        self._postmaster = int(lines[0])

    def inside(self, work: Callable[[], object]) -> Cost:
        """What a call in this process takes."""
        served, used, start = self._served(), time.process_time(), time.monotonic()
        work()
        elapsed = time.monotonic() - start
        return Cost(time.process_time() - used, self._served() - served, elapsed)

    def command(self, arguments: Sequence[str], codes: Sequence[int] = (0,)) -> Cost:
        """What a program takes as a whole; `codes` are the exit codes that are right."""
        served, start = self._served(), time.monotonic()
        process = subprocess.Popen(
            arguments,
            cwd="/",  # where no project is
            env=_ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak, ended = 0.0, 0
        while not ended:
            time.sleep(_LOOK_S)
            peak = max(peak, _peak_of(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        elapsed = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in codes, (process.returncode, arguments)
        used = usage.ru_utime + usage.ru_stime
        return Cost(used, self._served() - served, elapsed, peak)

    def _served(self) -> float:
        """Seconds that all sessions took that have ended."""
        end = time.monotonic() + _PATIENCE_S
        while self._is_busy():
            assert time.monotonic() < end, "somebody else uses the server"
            time.sleep(_LOOK_S)
        # proc(5): what a process's children used is in fields 16 and 17, once they were waited for.
        fields = Path(f"/proc/{self._postmaster}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[13]) + int(fields[14])) / _TICKS

    def _is_busy(self) -> bool:
        # The kernel's list of children has them until the server has seen them end.
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children")
        return any(not _serves_nobody(pid) for pid in children.read_text().split())


def _peak_of(pid: int) -> float:
    """The most memory that a process has had, in MB; wait4() counts that of its parent too."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _serves_nobody(pid: str) -> bool:
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return False  # it has just ended: the server may not have counted it yet
    return any(name in title for name in _OWN)


def gnkmigrate(*arguments: str) -> Sequence[str]:
    """The command line."""
    return (sys.executable, "-m", "gnkmigrate", *arguments)
