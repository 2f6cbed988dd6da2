"""How fast a catalog is read, written, compared and judged, against pg_dump --schema-only of it.

Run: .venv/bin/python benchmarks/catalog.py [TABLES]. Each table has ten columns, a primary
key, two indexes, a foreign key and a check. The best of several runs counts: what else the machine
does only ever adds.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checks import static_checks

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.facts.document import document_chunks, read_document_file
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.settings import ServerSettings

TABLES = 1_000
RUNS = 5
BATCH = 500
CHANGES = 20

TABLE = """
    CREATE TABLE t{number} (
      id integer PRIMARY KEY, c1 integer DEFAULT 1, c2 text NOT NULL, c3 integer DEFAULT 3,
      c4 text, c5 integer DEFAULT 5, c6 text, c7 integer DEFAULT 7, c8 timestamptz DEFAULT now(),
      up integer REFERENCES t{up} (id), CHECK (c1 < c3)
    );
    CREATE INDEX ON t{number} (c2);
    CREATE INDEX ON t{number} (c3, c4 DESC);
"""
CHANGE = "ALTER TABLE t{number} ALTER COLUMN c5 SET DEFAULT 6;"


def fill(connection: Connection, tables: int) -> None:
    for start in range(0, tables, BATCH):
        numbers = range(start, min(start + BATCH, tables))
        script = "".join(TABLE.format(number=n, up=max(n - 1, 0)) for n in numbers)
        connection.execute(script.encode())
    connection.execute("VACUUM ANALYZE")


def pg_dump(server: Server, *urls: DatabaseUrl) -> Callable[[], object]:
    program = (server.binaries or binaries(server.major)) / "pg_dump"
    commands = [[str(program), "--schema-only", f"--dbname={url.conninfo}"] for url in urls]
    return lambda: [
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL) for command in commands
    ]


def gnkmigrate(*arguments: str, fails: bool = False) -> int:
    """Runs the command line, which keeps its byte code as an installed one does; its peak in KB."""
    environment = {key: os.environ[key] for key in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "gnkmigrate", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert (process.returncode != 0) == fails, process.returncode
    return usage.ru_maxrss


def best(*candidates: Callable[[], object]) -> list[float]:
    """The shortest time of each in seconds, run in turn so that they meet the same machine."""
    times: list[list[float]] = [[] for _ in candidates]
    for _ in range(RUNS):
        for candidate, seconds in zip(candidates, times, strict=True):
            start = time.perf_counter()
            candidate()
            seconds.append(time.perf_counter() - start)
    return [min(seconds) for seconds in times]


def read(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as fresh:
        return read_snapshot(fresh)


def one_database(server: Server, tables: int, folder: Path) -> None:
    """Reading, a snapshot into a file, and the audit of one database."""
    file, kept = folder / "written.json", folder / "kept.json"
    peaks: list[int] = []
    with server.database() as small, server.database() as url:
        for each, size in ((small, tables // 10), (url, tables)):
            with connect(each, search_path=["public"]) as connection:
                fill(connection, size)
        with kept.open("wb") as out:
            out.writelines(document_chunks(read(url)))
        writing = ("--url", url.conninfo, "snapshot", "--output", str(file))
        reading, dumping, process, audit, tenth = best(
            lambda: read(url),
            pg_dump(server, url),
            lambda: peaks.append(gnkmigrate(*writing)),
            lambda: static_checks(read(url), read_document_file(kept)),
            lambda: read(small),
        )
        facts, few = len(read(url)), len(read(small))
    print(f"{tables:,} tables, {facts:,} facts, PostgreSQL {server.major}")
    print(f"pg_dump --schema-only          {dumping:7.3f} s")
    print(f"reading                        {reading:7.3f} s, {reading / dumping:5.2f} of pg_dump")
    print(f"gnkmigrate snapshot, to a file {process:7.3f} s, {process / dumping:5.2f} of pg_dump")
    print(f"    its peak of memory         {max(peaks) / 1024:7.0f} MB")
    print("audit: reading, a kept target,")
    print(f"    all static checks          {audit:7.3f} s, {audit / reading:5.2f} of reading")
    print(
        f"facts a second                 {few / tenth:7,.0f} of {tables // 10:,} tables, "
        f"{facts / reading:,.0f} of {tables:,}"
    )


def two_databases(server: Server, tables: int) -> None:
    """The difference of two."""
    with server.database() as one, server.database() as other:
        for url in (one, other):
            with connect(url, search_path=["public"]) as connection:
                fill(connection, tables)
        with connect(other, search_path=["public"]) as connection:
            for number in range(CHANGES):
                connection.execute(CHANGE.format(number=number).encode())
        comparing, dumping = best(
            lambda: gnkmigrate("diff", one.conninfo, other.conninfo, fails=True),
            pg_dump(server, one, other),
        )
    print(f"gnkmigrate diff of two databases of {tables:,} tables with {CHANGES} changes,")
    print(f"    against pg_dump of both    {comparing:7.3f} s, {comparing / dumping:5.2f}")


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    with throwaway(ServerSettings()) as server, tempfile.TemporaryDirectory() as folder:
        one_database(server, tables, Path(folder))
        two_databases(server, tables // 2)


if __name__ == "__main__":
    main()
