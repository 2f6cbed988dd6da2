"""How much memory the client needs to backfill and to convert a large table.

    python benchmarks/memory.py [--rows 10000000] [--workers 1]

The figure is the peak of the process that runs the upgrade, as the kernel counts it (VmHWM), which
must not grow with the table. Linux alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

REVISION = '''
"""A column is filled, and another one converted, while the application could write."""

from alembic import op

from gnkmigrate.run.sync.conversion import Conversion

revision = "1"
down_revision = None
phase = "all"
NARROW = (Conversion("n", "bigint", using=":column::bigint", back=":column::int"),)


def upgrade() -> None:
    op.step("column", "ALTER TABLE public.t ADD COLUMN filled int", touches=("public.t",))
    op.backfill(
        "fill", "public.t", "id", "UPDATE public.t SET filled = 1 WHERE :batch AND filled IS NULL",
        irreversible="the values go with their column",
    )
    op.convert_columns("public.t", "id", NARROW)


def downgrade() -> None:
    op.revert_columns("public.t", "id", NARROW)
    op.step("column", "ALTER TABLE public.t DROP COLUMN filled", touches=("public.t",))
'''

# The command line itself, which at its end says how much it had.
PROGRAM = """
import re, sys
from gnkmigrate.cli import main
try:
    main()
finally:
    status = open("/proc/self/status").read()
    print("VmHWM", re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.stderr)
"""


@dataclass(frozen=True)
class Run:
    """One upgrade.

    Attributes:
        peak_mb: the client's peak of resident memory.
        seconds: how long it took.
    """

    peak_mb: float
    seconds: float


def upgrade(url: DatabaseUrl, rows: int, *, workers: int = 1) -> Run:
    """Makes a table of so many rows in an empty database, and upgrades it."""
    with connect(url, search_path=["public"]) as session:
        session.execute("CREATE TABLE t (id int, n int)")
        session.execute(
            "INSERT INTO t SELECT number, number FROM generate_series(1, %s) AS number", (rows,)
        )
        session.execute("ALTER TABLE t ADD PRIMARY KEY (id)")
        session.execute("ANALYZE t")
    with tempfile.TemporaryDirectory() as folder:
        versions = Path(folder) / "migrations" / "versions"
        versions.mkdir(parents=True)
        (versions / "1.py").write_text(dedent(REVISION).lstrip())
        (Path(folder) / "gnkmigrate.toml").write_text("[limits]\nthrottle = 0\n")
        options = ["upgrade", "--yes", f"--workers={workers}"]
        started = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, *options],
            cwd=folder,
            env={**os.environ, "DATABASE_URL": url.conninfo},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
    assert ran.returncode == 0, ran.stderr
    (peak,) = (line.split()[1] for line in ran.stderr.splitlines() if line.startswith("VmHWM"))
    return Run(int(peak) / 1024, seconds)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--workers", type=int, default=1)
    given = arguments.parse_args()
    with throwaway(ServerSettings(provider="embedded"), 16) as server:
        for rows in (given.rows // 100, given.rows):
            with server.database() as url:
                run = upgrade(url, rows, workers=given.workers)
            print(f"{rows:,} rows: peak {run.peak_mb:.0f} MB, {run.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
