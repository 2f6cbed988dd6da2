"""How long --help takes, against importing what it is written with; below 2 is wanted.

And how long the difference of two databases with a table each takes: as a command, below 0.5 s, and
in a process that runs already, below 0.1 s.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.source import load_schemas
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings, Settings

ROUNDS = 15
LIMIT = 2.0
COMMAND_LIMIT = 0.5
LIBRARY_LIMIT = 0.1
# An installed program has its byte code.
ENVIRONMENT = {key: os.environ[key] for key in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}


def fastest(work: Callable[[], object]) -> float:
    """The fastest of several runs: what the machine does besides only ever adds."""
    seconds = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        seconds = min(seconds, time.perf_counter() - started)
    return seconds


def python(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(
        command, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def differences() -> tuple[float, float]:
    """Seconds for two tiny databases: as a command, and in a running process."""
    with throwaway(ServerSettings()) as server, server.database() as a, server.database() as b:
        for url in (a, b):
            with connect(url) as session:
                session.execute("CREATE TABLE public.t (id integer PRIMARY KEY, name text)")
        command = fastest(python("-m", "gnkmigrate", "diff", a.conninfo, b.conninfo))
        urls, project = (a.conninfo, b.conninfo), Settings()

        def compared() -> object:
            source, target = load_schemas(urls, project)
            return compare(source, target)

        return command, fastest(compared)


def main() -> int:
    shown = fastest(python("-m", "gnkmigrate", "--help"))
    imported = fastest(python("-c", "import typer, rich"))
    command, library = differences()
    print(f"  gnkmigrate --help    {shown * 1000:6.0f} ms")
    print(f"  import typer, rich   {imported * 1000:6.0f} ms")
    print(f"  ratio                {shown / imported:6.2f}    (limit {LIMIT:g})")
    print(f"  gnkmigrate diff      {command * 1000:6.0f} ms (limit {COMMAND_LIMIT * 1000:g})")
    print(f"  in a running process {library * 1000:6.0f} ms (limit {LIBRARY_LIMIT * 1000:g})")
    return int(shown / imported >= LIMIT or command >= COMMAND_LIMIT or library >= LIBRARY_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
