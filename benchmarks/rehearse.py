"""How long a rehearsal takes, against the upgrade that it rehearses.

    python benchmarks/rehearse.py [--users 200000] [--nodes 1000000] [--runs 1]

Both are the command line as anybody would use it, on a database of its own: first the rehearsal,
which only reads the database, then its upgrade with the settings that spare the application.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from stall import ROOT, prepared  # the rows of the other benchmark

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings


def seconds(url: DatabaseUrl, *arguments: str) -> float:
    """How long a command on this database takes."""
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "gnkmigrate", *arguments, "--unmapped", "archive"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url.conninfo},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    rehearsed, upgraded = [], []
    with throwaway(ServerSettings(), 16) as server:
        for number in range(given.runs):
            print(f"... run {number + 1}", file=sys.stderr)
            url = prepared(server, given.users, given.nodes)
            rehearsed.append(seconds(url, "rehearse"))
            upgraded.append(seconds(url, "upgrade", "--yes"))
            server.drop_database(url)
    rehearsal, upgrade = statistics.median(rehearsed), statistics.median(upgraded)
    print(f"{given.nodes:,} user_nodes, medians of {given.runs} runs")
    print(f"upgrade    {upgrade:7.1f} s")
    print(f"rehearsal  {rehearsal:7.1f} s  {rehearsal / upgrade:.2f} times the upgrade")


if __name__ == "__main__":
    main()
