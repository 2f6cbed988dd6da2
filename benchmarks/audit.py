"""How long all static checks take, against reading the catalog that they judge.

Run: .venv/bin/python benchmarks/audit.py [TABLES]. The tables are those of catalog.py. The target
is another such database in which every tenth table is another, so that the comparison has work.
The best of several runs counts: what else the machine does only ever adds.
"""

import sys

from catalog import TABLES, best, fill
from checks import static_checks

from gnkmigrate.audit.check import ComparisonCheck, StructureCheck
from gnkmigrate.audit.checks import discover
from gnkmigrate.connection import connect
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

CHANGE = """
    ALTER TABLE t{number} ALTER COLUMN c1 TYPE bigint;
    ALTER TABLE t{number} DROP COLUMN c4;
"""


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    with (
        throwaway(ServerSettings()) as server,
        server.database() as url,
        connect(url, search_path=["public"]) as connection,
    ):
        fill(connection, tables)
        live = read_snapshot(connection)
        for number in range(0, tables, 10):
            connection.execute(CHANGE.format(number=number).encode())
        target = read_snapshot(connection)

        def reading() -> object:
            with connect(url, read_only=True) as fresh:
                return read_snapshot(fresh)

        read, alone, both = best(
            reading, lambda: static_checks(live, None), lambda: static_checks(live, target)
        )
    count = sum(isinstance(check, StructureCheck | ComparisonCheck) for check in discover())
    print(f"{tables} tables, {len(live)} facts, {count} static checks, PostgreSQL {server.major}")
    print(f"read_snapshot                  {read:6.3f} s")
    print(f"checks, without a target       {alone:6.3f} s, ratio {alone / read:5.2f}")
    print(f"checks and comparison          {both:6.3f} s, ratio {both / read:5.2f}")


if __name__ == "__main__":
    main()
