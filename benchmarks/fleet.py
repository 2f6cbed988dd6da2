"""What a fleet takes: many small databases on one server, one after another and two at once.

    python benchmarks/fleet.py [--databases 1000] [--few 100] [--compared 1000]

It audits and upgrades some, with one process and with two, and prints how much faster two are; and
the peak of resident memory of the command and of its largest worker, for few databases and for all
of them, which must not grow with their number. Each database has a table of 50 rows; the project
adds a table and a column. Other work on the machine spoils the ratio of time, not that of memory.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings

BASELINE = "CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL);"
ROWS = "INSERT INTO shop SELECT n, 'shop ' || n FROM generate_series(1, 50) AS n"
TARGET = """
CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE note (id int PRIMARY KEY, body text NOT NULL);
"""
REVISION = '''"""A table and a column."""

from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE TABLE public.note (id int PRIMARY KEY, body text NOT NULL)")
    op.execute("ALTER TABLE public.shop ADD COLUMN city text")


def downgrade() -> None:
    op.execute("ALTER TABLE public.shop DROP COLUMN city")
    op.execute("DROP TABLE public.note")
'''
_LOOK_S = 0.2


@dataclass(frozen=True)
class Run:
    """One command.

    Attributes:
        seconds: how long it took.
        states: how many targets ended in which state.
        command_mb: the command's peak of resident memory.
        worker_mb: that of its largest worker.
        processor_s: seconds of processor time that the command and its workers took.
        server_s: seconds of processor time that the server took meanwhile.
    """

    seconds: float
    states: dict[str, int]
    command_mb: float
    worker_mb: float
    processor_s: float
    server_s: float

    def __str__(self) -> str:
        states = ", ".join(f"{number:,} {state}" for state, number in self.states.items())
        each = 1000 * (self.processor_s + self.server_s) / sum(self.states.values())
        return (
            f"{self.seconds:7.1f} s (of processor: {self.processor_s:.1f} s, the server "
            f"{self.server_s:.1f} s; {each:.0f} ms for each), command "
            f"{self.command_mb:4.0f} MB, worker {self.worker_mb:4.0f} MB: {states}"
        )


@dataclass(frozen=True)
class Shops:
    """A project in a folder, and the server of its databases."""

    folder: Path
    postmaster: psutil.Process

    def server_s(self) -> float:
        """Seconds of processor time that the server has taken so far, in sessions that are over."""
        return float(sum(self.postmaster.cpu_times()[:4]))


def run(shops: Shops, databases: int, processes: int, *command: str) -> Run:
    """One command of the fleet for the first databases of the list."""
    folder, before = shops.folder, shops.server_s()
    lines = (folder / "targets.csv").read_text().splitlines()
    few = folder / "few.csv"
    few.write_text("\n".join(lines[: databases + 1]) + "\n")
    started = time.monotonic()
    arguments = ["fleet", *command, "--targets", str(few), "--format", "json"]
    limits = [f"--jobs={processes}", f"--processes={processes}"]
    with (
        (folder / "out.json").open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", "gnkmigrate", "--quiet", *arguments, *limits],
            cwd=folder,
            stdout=out,
        ) as process,
    ):
        own, workers, took = _watched(psutil.Process(process.pid))
    document = json.loads((folder / "out.json").read_text())
    seconds = time.monotonic() - started
    return Run(seconds, document["states"], own, workers, took, shops.server_s() - before)


def _watched(process: psutil.Process) -> tuple[float, float, float]:
    """The peaks of a process and of its largest child, and what processor time all took."""
    own = largest = 0.0
    took: dict[int, float] = {}
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        for each in _family(process):
            try:
                peak, times = each.memory_info().rss / 1e6, each.cpu_times()
            except psutil.Error:
                continue  # it has just ended
            took[each.pid] = times.user + times.system
            if each.pid == process.pid:
                own = max(own, peak)
            else:
                largest = max(largest, peak)
        time.sleep(_LOOK_S)
    return own, largest, sum(took.values())


def _family(process: psutil.Process) -> Sequence[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


@contextmanager
def project(server: Server, databases: int) -> Iterator[Shops]:
    """A project, and a list of databases of it."""
    with tempfile.TemporaryDirectory() as name, server.database() as template:
        folder = Path(name)
        versions = folder / "migrations" / "versions"
        versions.mkdir(parents=True)
        (folder / "migrations" / "env.py").write_text("")
        (versions / "1.py").write_text(REVISION)
        (folder / "target.sql").write_text(TARGET)
        (folder / "gnkmigrate.toml").write_text('target = "target.sql"\nschemas = ["public"]\n')
        with connect(template, search_path=["public"]) as connection:
            connection.execute((BASELINE + ROWS).encode())
            made_from = connection.info.dbname
        lines = ["name,url"]
        for number in range(databases):
            url = server.create_database(f"shop{number:05}", template=made_from)
            lines.append(f"shop{number:05},{url.conninfo}")
        (folder / "targets.csv").write_text("\n".join(lines) + "\n")
        with connect(server.url) as connection:
            row = connection.execute("SHOW data_directory").fetchone() or ("",)
        pid = (Path(row[0]) / "postmaster.pid").read_text().splitlines()[0]
        yield Shops(folder, psutil.Process(int(pid)))


def compared(shops: Shops, databases: int, name: str, *command: str) -> None:
    """Prints how much faster two processes are than one, on databases that know the command."""
    run(shops, databases, 2, *command)
    _taken_back(shops, databases, name)
    one = run(shops, databases, 1, *command)
    print(f"{name}, {databases:,} databases, one by one:  {one}", flush=True)
    _taken_back(shops, databases, name)
    two = run(shops, databases, 2, *command)
    print(f"{name}, {databases:,} databases, two at once: {two}", flush=True)
    print(f"{name}: {one.seconds / two.seconds:.2f} times as fast", flush=True)


def _taken_back(shops: Shops, databases: int, name: str) -> None:
    if name == "upgrade":
        run(shops, databases, 2, "downgrade", "--all", "--yes")


def main() -> None:
    """Prints a line for each command, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", type=int, default=1000)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--compared", type=int, default=1000)
    given = parser.parse_args()
    all_, few = given.databases, min(given.few, given.databases)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with (
        throwaway(ServerSettings(provider="embedded"), 16) as server,
        project(server, all_) as shops,
    ):
        if given.compared:
            compared(shops, min(given.compared, all_), "audit", "audit")
            compared(shops, min(given.compared, all_), "upgrade", "upgrade", "--yes")
        for command in (("audit",), ("upgrade", "--yes")):
            small, large = (run(shops, number, 2, *command) for number in (few, all_))
            print(f"{command[0]}, {few:,} databases, two at once: {small}", flush=True)
            print(f"{command[0]}, {all_:,} databases, two at once: {large}", flush=True)
            print(
                f"{command[0]}, memory of {all_:,} to {few:,}: command "
                f"{large.command_mb / small.command_mb:.2f}, worker "
                f"{large.worker_mb / small.worker_mb:.2f} times",
                flush=True,
            )


if __name__ == "__main__":
    main()
