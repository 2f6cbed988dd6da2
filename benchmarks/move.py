"""How fast rows move, against the single statement that moves them without any protection.

    python benchmarks/move.py [--users 200000] [--nodes 1000000] [--runs 3] [--workers 1]

The yardsticks run in the same run on the same rows: one statement that fills nodes and node_id, and
one INSERT ... SELECT that fills the join table, with the triggers that keep the new shape in step
and the constraints that it will have. Nobody else works on the database.
"""

import argparse
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stall import ROWS  # the rows of the other benchmark

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings, load

ROOT = Path(__file__).parents[1]

# What the steps do, as one would write it by hand.
BY_HAND = {
    "rows of public.nodes": """
        WITH filled AS (
            INSERT INTO nodes (id, identifier, identifier_type, display_name, gpu_type,
                               gcore_instance_id, created_at)
            SELECT id, node_address, 'wallet', label, gpu_type, gcore_instance_id,
                   created_at AT TIME ZONE 'UTC'
            FROM user_nodes RETURNING id, identifier)
        UPDATE user_nodes SET node_id = filled.id FROM filled
        WHERE node_address = filled.identifier""",
    "links of public.user_nodes": """
        INSERT INTO gnkmigrate_staging.user_nodes (user_id, node_id, assigned_at, assigned_by)
        SELECT user_id, node_id, created_at AT TIME ZONE 'UTC', assigned_by FROM user_nodes""",
}
PHASES = {"rows of public.nodes": "data", "links of public.user_nodes": "join-table"}


@dataclass
class Clock:
    """Seconds of each step, and stops before a step where one is named."""

    stop: str = ""

    def __post_init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == self.stop:
            raise Reached
        if isinstance(event, events.StepFinished):
            self.seconds[event.step] = event.seconds


class Reached(Exception):
    """The step before which a run was to stop."""


def prepared(server: Server, users: int, nodes: int) -> str:
    """The name of a database with the rows."""
    url = server.create_database()
    with connect(url, search_path=["public"]) as session:
        session.execute((ROOT / "schema" / "baseline.sql").read_bytes())
        session.execute("SET search_path = public")
        session.execute(ROWS.format(users=users, nodes=nodes).encode())
        session.execute("VACUUM ANALYZE")
        row = session.execute("SELECT current_database()").fetchone()
    assert row is not None
    return str(row[0])


def up(url: DatabaseUrl, clock: Clock, *, workers: int, atomic: bool = False) -> None:
    limits = {"throttle": 0, "backfill_workers": workers}
    settings = load(ROOT / "gnkmigrate.toml", {"limits": limits})
    phases = load_phases(ROOT / "migrations")
    with connect(url, search_path=settings.schemas) as session:
        request = Request(through="join-table", atomic=atomic)
        runner.run(session, phases, "up", request, settings, clock)


def by_hand(url: DatabaseUrl, step: str) -> float:
    """Seconds of the yardstick, in the place of the step."""
    with suppress(Reached):
        up(url, Clock(stop=step), workers=1)
    with connect(url, search_path=["public"]) as session, session.transaction():
        session.execute("SET LOCAL gnkmigrate.following = 'on'")
        started = time.monotonic()
        session.execute(BY_HAND[step].encode())
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    found: dict[tuple[str, str], list[float]] = {}
    with throwaway(ServerSettings(), 16) as server:
        template = prepared(server, given.users, given.nodes)
        for number in range(given.runs):
            print(f"... run {number + 1}", file=sys.stderr)
            for step in PHASES:
                with server.database(template=template) as url:
                    found.setdefault((step, "by hand"), []).append(by_hand(url, step))
            for way in ("in batches", "atomic"):
                clock = Clock()
                with server.database(template=template) as url:
                    up(url, clock, workers=given.workers, atomic=way == "atomic")
                for step in PHASES:
                    found.setdefault((step, way), []).append(clock.seconds[step])
    print(f"{given.nodes:,} user_nodes, medians of {given.runs} runs, workers: {given.workers}")
    for step in PHASES:
        yardstick = statistics.median(found[step, "by hand"])
        for way in ("by hand", "in batches", "atomic"):
            seconds = statistics.median(found[step, way])
            print(
                f"{step:24} {way:10} {seconds:7.1f} s {given.nodes / seconds:10,.0f} rows/s"
                f" {yardstick / seconds:6.2f} of by hand"
            )


if __name__ == "__main__":
    main()
