"""What all static checks cost, against reading the catalog that they judge, where much differs.

Run: .venv/bin/python benchmarks/audit.py [TABLES]. The tables are those of catalog.py, which
measures the same with a target that hardly differs. Here the target is another such database in
which every tenth table is another. The least of several runs counts.
"""

import sys

from catalog import fill, least, read, show
from checks import static_checks
from processor import Meter

from gnkmigrate.audit.check import ComparisonCheck, StructureCheck
from gnkmigrate.audit.checks import discover
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

TABLES = 1_000

CHANGE = """
    ALTER TABLE t{number} ALTER COLUMN c1 TYPE bigint;
    ALTER TABLE t{number} DROP COLUMN c4;
"""


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    with throwaway(ServerSettings()) as server, server.database() as url:
        meter = Meter(server.url)
        with connect(url, search_path=["public"]) as connection:
            fill(connection, tables)
            live = read(url)
            for number in range(0, tables, 10):
                connection.execute(CHANGE.format(number=number).encode())
        target = read(url)
        # Other snapshots each time: they keep what was worked out before.
        reading, alone, both = least(
            lambda: meter.inside(lambda: read(url)),
            lambda: meter.inside(lambda: static_checks(live.having(live), None)),
            lambda: meter.inside(lambda: static_checks(live.having(live), target.having(target))),
        )
    count = sum(isinstance(check, StructureCheck | ComparisonCheck) for check in discover())
    print(f"{tables:,} tables, {len(live):,} facts, {count} static checks, {server.major}")
    show("reading", reading)
    show("checks, without a target", alone, reading, "reading")
    show("checks and comparison", both, reading, "reading")


if __name__ == "__main__":
    main()
