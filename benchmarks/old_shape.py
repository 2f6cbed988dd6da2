"""What the old application's statements cost through the view, against the plain table before.

    python benchmarks/old_shape.py [--users 20000] [--rounds 7] [--statements 2000]

MineGNK's node_requests, of which eight columns are converted. Statements of one row by its key,
each in a transaction of its own, in rounds that take turns between a database before the phases,
one after them, and one after `contract`: what the target's own indexes, checks and keys cost stays
there, what the old shape costs is gone. The medians, and their ratios, are of one run.
"""

import argparse
import statistics
import time
import uuid
from pathlib import Path

from move import prepared

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings, load

ROOT = Path(__file__).resolve().parent.parent
SELECT = (
    "SELECT id, user_id, gpu_type, gpu_count, region, status, processed_by, processed_at,"
    " created_at, updated_at FROM node_requests WHERE id = %s"
)
UPDATE = "UPDATE node_requests SET status = 'approved', updated_at = now() WHERE id = %s"
COUNT = "UPDATE node_requests SET gpu_count = gpu_count + 1 WHERE id = %s"
INSERT = (
    "INSERT INTO node_requests (id, user_id, gpu_type, region)"
    " SELECT %s, min(id::text)::uuid, 'H100', 'eu' FROM"
    " (SELECT id FROM users LIMIT 1) AS one RETURNING id, created_at"
)
UPSERT = (
    "INSERT INTO node_requests (id, user_id, gpu_type) SELECT id, user_id, gpu_type"
    " FROM node_requests WHERE id = %s ON CONFLICT (id) DO UPDATE SET status = excluded.status"
)
STATEMENTS = {
    "SELECT by key": SELECT,
    "UPDATE of two converted columns": UPDATE,
    "UPDATE of another column": COUNT,
    "INSERT ... RETURNING": INSERT,
    "INSERT ... ON CONFLICT": UPSERT,
}


def migrated(url: DatabaseUrl, *, contracted: bool = False) -> None:
    settings = load(ROOT / "gnkmigrate.toml", {"policies": {"unmapped": "archive"}})
    phases = load_phases(ROOT / "migrations")
    with connect(url, search_path=settings.schemas) as session:
        runner.run(session, phases, "up", Request(), settings)
        if contracted:
            contract(session, phases, settings, losses_allowed=True)
        session.execute("VACUUM ANALYZE")


def seconds(session: Connection, statement: str, keys: list[uuid.UUID]) -> float:
    query = statement.encode()
    started = time.perf_counter()
    for key in keys:
        session.execute(query, (key,), prepare=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--statements", type=int, default=2_000)
    given = parser.parse_args()
    with throwaway(ServerSettings(), 16) as server:
        template = prepared(server, given.users, 1)
        with (
            server.database(template=template) as plain,
            server.database(template=template) as new,
            server.database(template=template) as target,
        ):
            migrated(new)
            migrated(target, contracted=True)
            old = ["gnkmigrate_legacy", "public"]
            with (
                connect(plain, search_path=["public"]) as before,
                connect(new, search_path=old) as view,
                connect(new, search_path=["public"]) as table,
                connect(target, search_path=["public"]) as after,
            ):
                print(f"{given.statements} statements a round, medians of {given.rounds} rounds")
                print(f"{'':33}{'before':>9}{'old shape':>12}{'new shape':>12}{'contracted':>12}")
                for name, statement in STATEMENTS.items():
                    compare(given, name, statement, (before, view, table, after))


def compare(
    given: argparse.Namespace,
    name: str,
    statement: str,
    sessions: tuple[Connection, Connection, Connection, Connection],
) -> None:
    found: list[list[float]] = [[] for _ in sessions]
    keys = [
        row[0]
        for row in sessions[0].execute(
            "SELECT id FROM node_requests ORDER BY id LIMIT %s", (given.statements,)
        )
    ]
    for _ in range(given.rounds):
        for place, session in enumerate(sessions):
            asked = [uuid.uuid4() for _ in keys] if statement is INSERT else keys
            found[place].append(seconds(session, statement, asked))
    plain, *others = (given.statements / statistics.median(each) for each in found)
    ratios = "".join(f"{each / plain:12.2f}" for each in others)
    print(f"{name:33}{plain:7,.0f}/s{ratios}")


if __name__ == "__main__":
    main()
