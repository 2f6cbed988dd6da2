"""What reading, writing, comparing and judging a catalog costs, against pg_dump --schema-only.

Run: .venv/bin/python benchmarks/catalog.py [TABLES]. Each table has ten columns, a primary
key, two indexes, a foreign key and a check. Costs are seconds of processor time, the server's part
included, and seconds on the clock; the least of several runs counts: what else the machine does
only ever adds.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from checks import static_checks
from processor import Cost, Meter, gnkmigrate

from gnkmigrate.facts.compact_format import packed, unpacked
from gnkmigrate.facts.document import document_chunks
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.settings import ServerSettings

TABLES = 10_000
RUNS = 3
BATCH = 500
CHANGES = 20
FEWER = (100, 10)  # the sizes beside, as parts of the whole
DIFFERENT = (1,)  # an exit code
FOUND = (0, 1)

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


def pg_dump(server: Server, url: DatabaseUrl) -> Sequence[str]:
    program = (server.binaries or binaries(server.major)) / "pg_dump"
    return (str(program), "--schema-only", f"--dbname={url.conninfo}")


def least(*candidates: Callable[[], Cost]) -> list[Cost]:
    """The least cost of each, run in turn so that they meet the same machine."""
    runs = [[candidate() for candidate in candidates] for _ in range(RUNS)]
    return [
        replace(
            min(costs, key=lambda cost: cost.total),
            elapsed=min(cost.elapsed for cost in costs),
        )
        for costs in zip(*runs, strict=True)
    ]


def read(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as fresh:
        return read_snapshot(fresh)


def judged(url: DatabaseUrl, kept: Path) -> int:
    """All static checks of a database whose target is in the cache; the number of findings."""
    return static_checks(read(url), unpacked(kept.read_bytes()))


def change(url: DatabaseUrl) -> None:
    with connect(url, search_path=["public"]) as connection:
        for number in range(CHANGES):
            connection.execute(CHANGE.format(number=number).encode())


def one_database(server: Server, meter: Meter, tables: int, folder: Path) -> None:
    """Reading, a snapshot into a file, and the audit of one database."""
    file, target, kept = folder / "written.json", folder / "target.json", folder / "kept"
    sizes = [tables // part for part in FEWER]
    with server.database() as few, server.database() as some, server.database() as url:
        for each, size in zip((few, some, url), (*sizes, tables), strict=True):
            with connect(each, search_path=["public"]) as connection:
                fill(connection, size)
        facts = [len(read(each)) for each in (few, some)]
        before = read(url)
        with target.open("wb") as out:
            out.writelines(document_chunks(before))
        kept.write_bytes(packed(before))
        change(url)
        snapshot = gnkmigrate("--url", url.conninfo, "snapshot", "--output", str(file))
        audit = gnkmigrate(
            "--url", url.conninfo, "audit", "--target", str(target), "--no-data-checks",
            "--format", "json",
        )  # fmt: skip
        smallest, smaller, reading, dumping, writing, judging, auditing = least(
            lambda: meter.inside(lambda: read(few)),
            lambda: meter.inside(lambda: read(some)),
            lambda: meter.inside(lambda: read(url)),
            lambda: meter.command(pg_dump(server, url)),
            lambda: meter.command(snapshot),
            lambda: meter.inside(lambda: judged(url, kept)),
            lambda: meter.command(audit, FOUND),
        )
    print(f"{tables:,} tables, {len(before):,} facts, PostgreSQL {server.major}")
    show("pg_dump --schema-only", dumping)
    show("reading", reading, dumping, "pg_dump")
    show("gnkmigrate snapshot, to a file", writing, dumping, "pg_dump")
    show("reading, cached target, static checks", judging, reading, "reading")
    show("gnkmigrate audit, target a snapshot", auditing, reading, "reading")
    print("reading a thousand facts")
    all_facts = zip(
        (*sizes, tables), (*facts, len(before)), (smallest, smaller, reading), strict=True
    )
    for size, count, cost in all_facts:
        print(f"  of {size:,} tables".ljust(40) + f"{1000 * 1000 * cost.total / count:7.1f} ms")


def two_databases(server: Server, meter: Meter, tables: int) -> None:
    """The difference of two."""
    with server.database() as one, server.database() as other:
        for url in (one, other):
            with connect(url, search_path=["public"]) as connection:
                fill(connection, tables)
        change(other)
        diff = gnkmigrate("diff", one.conninfo, other.conninfo)
        comparing, dumping = least(
            lambda: meter.command(diff, DIFFERENT),
            lambda: meter.command(pg_dump(server, one)) + meter.command(pg_dump(server, other)),
        )
    print(f"two databases of {tables:,} tables with {CHANGES} changes")
    show("pg_dump --schema-only of both", dumping)
    show("gnkmigrate diff", comparing, dumping, "pg_dump")


def show(what: str, cost: Cost, beside: Cost | None = None, name: str = "") -> None:
    total, clock = f"{cost.total:7.2f} s", f"{cost.elapsed:7.2f} s on the clock"
    if beside is not None:
        total += f", {cost.total / beside.total:4.2f} of {name}"
        clock += f", {cost.elapsed / beside.elapsed:4.2f}"
    memory = f"; {cost.peak:,.0f} MB" if cost.peak else ""
    print(f"  {what}".ljust(40) + f"{total} ({cost.client:.2f} and the server {cost.server:.2f})")
    print("".ljust(40) + clock + memory)


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    with throwaway(ServerSettings()) as server, tempfile.TemporaryDirectory() as folder:
        meter = Meter(server.url)
        one_database(server, meter, tables, Path(folder))
        two_databases(server, meter, tables // 2)


if __name__ == "__main__":
    main()
