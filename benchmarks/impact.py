"""How many times as fast the project's queries are after its phases, by the number of rows.

    python benchmarks/impact.py [--rows 1000 100000 1000000] [--pages DIR]

`gnkmigrate impact` on the rows that `gnkmigrate demo --rows N` shows: so many nodes and requests, a
tenth as many users. Of each query: milliseconds before and after, how many times as fast that is,
and the same without requests to another service. Times of a busy machine say little; their ratios
were taken minutes apart. `--pages` keeps what `--report` writes as impact-N.html, and the document
as impact-N.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from stall import ROOT

from gnkmigrate.demo import data
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings


def filled(url: DatabaseUrl, rows: int) -> None:
    """MineGNK as the report found it, with so many nodes."""
    with connect(url, search_path=["public"]) as session:
        run_scripts(session, read_scripts(ROOT / "schema" / "baseline.sql"), ("public",))
        data.fill(session, rows)


def measured(url: DatabaseUrl, page: Path) -> Any:
    """The document; the page is written beside it."""
    command = ["-m", "gnkmigrate", "impact", "--format", "json", "--report", str(page)]
    done = subprocess.run(
        [sys.executable, *command, "--unmapped", "archive", "--overflow", "truncate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url.conninfo},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,  # a query that fails is shown as one without a figure
    )
    page.with_suffix(".json").write_bytes(done.stdout)
    return json.loads(done.stdout)


def figures(query: Any) -> str:
    """A query's times, and its ratios where it was asked in both shapes."""
    times = [query["shapes"].get(shape, {}).get("total_ms") for shape in ("before", "after")]
    found = [*times, query["ratio"], query["ratio_here"]]
    return "".join(f"{'-':>12}" if each is None else f"{each:12,.2f}" for each in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--pages", type=Path)
    given = parser.parse_args()
    with throwaway(ServerSettings(), 16) as server, tempfile.TemporaryDirectory() as temporary:
        for rows in given.rows:
            with server.database() as url:
                filled(url, rows)
                found = measured(url, (given.pages or Path(temporary)) / f"impact-{rows}.html")
                print(f"{rows:,} nodes", flush=True)
                for query in found["queries"]:
                    print(f"  {query['name']:36}{figures(query)}", flush=True)
                for index in found["useless"]:
                    print(f"  no query uses {index}", flush=True)


if __name__ == "__main__":
    main()
