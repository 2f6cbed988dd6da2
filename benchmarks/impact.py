"""How many times as fast the project's queries are after its phases, by the number of rows.

    python benchmarks/impact.py [--rows 1000 100000 1000000]

`gnkmigrate impact` on the rows that `gnkmigrate demo --rows N` shows: so many nodes and requests, a
tenth as many users. Times of a busy machine say little; their ratios were taken minutes apart.
"""

import argparse
import json
import os
import subprocess
import sys

from stall import ROOT

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.demo import data
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings


def filled(url: DatabaseUrl, rows: int) -> None:
    """MineGNK as the report found it, with so many nodes."""
    with connect(url, search_path=["public"]) as session:
        run_scripts(session, read_scripts(ROOT / "schema" / "baseline.sql"), ("public",))
        data.fill(session, rows)


def measured(url: DatabaseUrl) -> list[tuple[str, float | None]]:
    """Each query, and how many times as fast it is."""
    command = ["-m", "gnkmigrate", "impact", "--format", "json", "--unmapped", "archive"]
    done = subprocess.run(
        [sys.executable, *command, "--overflow", "truncate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url.conninfo},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,  # a query that fails is shown as one without a figure
    )
    return [(each["name"], each["ratio"]) for each in json.loads(done.stdout)["queries"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    given = parser.parse_args()
    with throwaway(ServerSettings(), 16) as server:
        for rows in given.rows:
            with server.database() as url:
                filled(url, rows)
                print(f"{rows:,} nodes", flush=True)
                for name, ratio in measured(url):
                    print(f"  {name:40} {'-' if ratio is None else f'{ratio:.2f}'}", flush=True)


if __name__ == "__main__":
    main()
