"""How fast a catalog is read, against pg_dump --schema-only of the same database.

Run: .venv/bin/python benchmarks/catalog.py [TABLES]. Each table has ten columns, a primary key,
two indexes and a foreign key. The best of several runs counts: what else the machine does only
ever adds.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.settings import ServerSettings

TABLES = 1_000
RUNS = 7
BATCH = 500

TABLE = """
    CREATE TABLE t{number} (
      id integer PRIMARY KEY, c1 integer DEFAULT 1, c2 text NOT NULL, c3 integer DEFAULT 3,
      c4 text, c5 integer DEFAULT 5, c6 text, c7 integer DEFAULT 7, c8 timestamptz DEFAULT now(),
      up integer REFERENCES t{up} (id)
    );
    CREATE INDEX ON t{number} (c2);
    CREATE INDEX ON t{number} (c3, c4 DESC);
"""


def fill(connection: Connection, tables: int) -> None:
    for start in range(0, tables, BATCH):
        numbers = range(start, min(start + BATCH, tables))
        script = "".join(TABLE.format(number=n, up=max(n - 1, 0)) for n in numbers)
        connection.execute(script.encode())
    connection.execute("VACUUM ANALYZE")


def pg_dump(server: Server, url: DatabaseUrl) -> Callable[[], object]:
    program = (server.binaries or binaries(server.major)) / "pg_dump"
    command = [str(program), "--schema-only", f"--dbname={url.conninfo}"]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def best(*candidates: Callable[[], object]) -> list[float]:
    """The shortest time of each in seconds, run in turn so that they meet the same machine."""
    times: list[list[float]] = [[] for _ in candidates]
    for _ in range(RUNS):
        for candidate, seconds in zip(candidates, times, strict=True):
            start = time.perf_counter()
            candidate()
            seconds.append(time.perf_counter() - start)
    return [min(seconds) for seconds in times]


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    with (
        throwaway(ServerSettings()) as server,
        server.database() as url,
        connect(url, search_path=["public"]) as connection,
    ):
        fill(connection, tables)
        snapshot = read_snapshot(connection)

        def reading() -> object:
            with connect(url, read_only=True) as fresh:
                return read_snapshot(fresh)

        again = read_snapshot(connection)
        ours, theirs, comparing = best(
            reading, pg_dump(server, url), lambda: compare(snapshot, again)
        )
    print(f"{tables} tables, {len(snapshot)} facts, PostgreSQL {server.major}")
    print(f"read_snapshot           {ours:6.3f} s")
    print(f"pg_dump --schema-only   {theirs:6.3f} s")
    print(f"ratio                   {ours / theirs:6.2f}")
    print(f"compare with itself     {comparing:6.3f} s")


if __name__ == "__main__":
    main()
