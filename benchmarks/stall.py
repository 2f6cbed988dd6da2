"""How long clients stand still while a large database is migrated, and what it costs them.

    python benchmarks/stall.py [--users 200000] [--nodes 1000000] [--clients 8] [--runs 3] [--up]

Eight clients of the old application read and write at full speed. The yardstick, in the same run
on the same rows, is the migration as one would write it by hand: one statement after another, each
in its own transaction, as the audit report of 2025-12-09 proposes.

A machine that gets no processor from its host stands still with everything on it, and so do the
clients. "own" is the longest stall without the time in which nothing ran at all (machine.py).
"""

import argparse
import gc
import multiprocessing
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

import psycopg
from machine import Machine, watched

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings, Settings, load

ROOT = Path(__file__).parents[1]

# So many of the longest statements are looked into, of each stretch.
_LONG = 500

ROWS = """
INSERT INTO users (id, email, password)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid,
       'user' || number || '@example.org', 'not a real one'
FROM generate_series(1, {users}) AS number;
INSERT INTO user_nodes (id, user_id, node_address, label, gpu_type, is_active, notes)
SELECT ('10000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid,
       ('00000000-0000-4000-8000-' || lpad(to_hex(number % {users} + 1), 12, '0'))::uuid,
       'gonka1' || md5(number::text), 'node ' || number, 'H100', number % 7 <> 0, 'a note'
FROM generate_series(1, {nodes}) AS number;
INSERT INTO node_requests (user_id, gpu_type, processed_by)
SELECT id, 'H100', CASE WHEN random() < 0.5 THEN email END FROM users;
CREATE INDEX ON user_nodes (user_id);
"""

# The order of statements of section 8, so that it runs on the old schema.
BY_HAND = (
    """CREATE TABLE nodes (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
           identifier varchar(255) UNIQUE NOT NULL, identifier_type varchar(50) NOT NULL,
           display_name varchar(100), gpu_type varchar(50), region varchar(100),
           gcore_instance_id varchar(255), created_at timestamptz DEFAULT now())""",
    """INSERT INTO nodes (identifier, identifier_type, display_name, gpu_type,
                          gcore_instance_id, created_at)
       SELECT DISTINCT node_address, 'wallet', label, gpu_type, gcore_instance_id, created_at
       FROM user_nodes WHERE is_active""",
    "ALTER TABLE user_nodes ADD COLUMN node_id_temp uuid, ADD COLUMN assigned_by uuid",
    """UPDATE user_nodes SET node_id_temp = nodes.id FROM nodes
       WHERE user_nodes.node_address = nodes.identifier""",
    """CREATE TABLE user_nodes_new (user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
           node_id uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
           assigned_at timestamptz DEFAULT now(), assigned_by uuid REFERENCES users,
           PRIMARY KEY (user_id, node_id))""",
    """INSERT INTO user_nodes_new SELECT user_id, node_id_temp, created_at, assigned_by
       FROM user_nodes WHERE node_id_temp IS NOT NULL""",
    "DROP TABLE user_nodes; ALTER TABLE user_nodes_new RENAME TO user_nodes",
    "CREATE INDEX idx_user_nodes_node_id ON user_nodes (node_id)",
    "CREATE INDEX idx_requests_user_id ON node_requests (user_id)",
    "CREATE INDEX idx_requests_status ON node_requests (status)",
    "CREATE INDEX idx_users_role ON users (role)",
    "ALTER TABLE node_requests ADD COLUMN processed_by_uuid uuid REFERENCES users",
    """UPDATE node_requests SET processed_by_uuid = users.id FROM users
       WHERE node_requests.processed_by = users.email""",
    """ALTER TABLE users ALTER "createdAt" TYPE timestamptz, ALTER "updatedAt" TYPE timestamptz,
       ALTER email TYPE varchar(255), ALTER password TYPE varchar(255), ALTER role DROP DEFAULT,
       ALTER role TYPE varchar(20)""",
    """ALTER TABLE node_requests ALTER created_at TYPE timestamptz, ALTER status DROP DEFAULT,
       ALTER status TYPE varchar(50), ALTER gpu_type TYPE varchar(50)""",
)


@dataclass(frozen=True)
class Moment:
    """One statement of a client: when it was answered, how long that took, and any error."""

    at: float
    seconds: float
    error: str


def client(
    conninfo: str, seed: int, size: tuple[int, int], ready: Barrier, over: Event, answers: Any
) -> None:
    """The old application at full speed; an error does not stop it."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    gc.disable()  # all clients would collect at once, and seem to stand still
    moments = []
    with connect(DatabaseUrl(conninfo), search_path=["gnkmigrate_legacy", "public"]) as session:
        ready.wait()
        while not over.is_set():
            query = statement(chance, *size).encode()
            started, error = time.monotonic(), ""
            try:
                session.execute(query)
            except psycopg.Error as failure:
                error = f"{failure.sqlstate} {failure.diag.message_primary}"
                if session.closed:
                    break
            ended = time.monotonic()
            moments.append(Moment(ended, ended - started, error))
    answers.put(moments)


# The statements of a client and how often each comes, in percent.
STATEMENTS = {
    "SELECT id, node_address, label FROM user_nodes WHERE user_id = {user}": 50,
    'SELECT id, email, "isActive" FROM users WHERE id = {user}': 20,
    "UPDATE user_nodes SET label = 'label {number}' WHERE id = {node}": 15,
    """UPDATE users SET "updatedAt" = now(), name = 'n' WHERE id = {user}""": 10,
    "INSERT INTO node_requests (user_id, gpu_type) VALUES ({user}, 'H100')": 5,
}


def statement(chance: random.Random, users: int, nodes: int) -> str:
    (text,) = chance.choices(tuple(STATEMENTS), tuple(STATEMENTS.values()))
    return text.format(
        user=f"'00000000-0000-4000-8000-{chance.randint(1, users):012x}'",
        node=f"'10000000-0000-4000-8000-{chance.randint(1, nodes):012x}'",
        number=chance.randint(1, nodes),
    )


@dataclass(frozen=True)
class Traffic:
    """What the clients went through between two moments."""

    moments: Sequence[Moment]
    seconds: float
    machine: Machine

    @property
    def rate(self) -> float:
        return len(self.moments) / self.seconds if self.seconds else 0

    @property
    def longest_ms(self) -> float:
        return max((moment.seconds for moment in self.moments), default=0) * 1000

    @property
    def own_ms(self) -> float:
        """The longest without the time in which the machine itself stood still."""
        return 1000 * max(
            (
                moment.seconds - self.machine.standstill(moment.at - moment.seconds, moment.at)
                for moment in sorted(self.moments, key=lambda moment: -moment.seconds)[:_LONG]
            ),
            default=0,
        )

    @property
    def errors(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for moment in self.moments:
            if moment.error:
                found[moment.error] = found.get(moment.error, 0) + 1
        return found


class Clients:
    """Clients in processes of their own, and the traffic between marks."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float, float]] = []
        self.moments: list[Moment] = []
        self.machine = Machine()

    @contextmanager
    def running(self, url: DatabaseUrl, number: int, users: int, nodes: int) -> Iterator[None]:
        context = multiprocessing.get_context("spawn")
        ready, over, answers = context.Barrier(number + 1), context.Event(), context.Queue()
        shared = ((users, nodes), ready, over, answers)
        processes = [
            context.Process(target=client, args=(url.conninfo, seed, *shared), daemon=True)
            for seed in range(number)
        ]
        for process in processes:
            process.start()
        with watched() as self.machine:
            ready.wait()
            yield
            over.set()
        for _ in processes:
            self.moments += answers.get()
        for process in processes:
            process.join()

    @contextmanager
    def mark(self, name: str) -> Iterator[None]:
        print(f"... {name}", file=sys.stderr)
        started = time.monotonic()
        yield
        self.marks.append((name, started, time.monotonic()))

    def traffic(self, name: str) -> Traffic:
        ((started, ended),) = [(start, end) for mark, start, end in self.marks if mark == name]
        within = [moment for moment in self.moments if started <= moment.at <= ended]
        return Traffic(within, ended - started, self.machine)


def prepared(server: Server, users: int, nodes: int) -> DatabaseUrl:
    url = server.create_database()
    with connect(url, search_path=["public"]) as session:
        session.execute((ROOT / "schema" / "baseline.sql").read_bytes())
        session.execute("SET search_path = public")
        session.execute(ROWS.format(users=users, nodes=nodes).encode())
        session.execute("ANALYZE")
    return url


def by_hand(url: DatabaseUrl, clients: Clients) -> None:
    with connect(url, search_path=["public"]) as session, clients.mark("by hand"):
        for each in BY_HAND:
            session.execute(each.encode())


def by_phases(
    url: DatabaseUrl, clients: Clients, settings: Settings, seconds: int, *, back: bool
) -> None:
    phases = load_phases(ROOT / "migrations")
    with clients.mark("undisturbed"):
        time.sleep(seconds)
    for phase in phases:
        with clients.mark(phase.name), connect(url, search_path=settings.schemas) as session:
            runner.run(session, phases, "up", Request(phase=phase.name), settings)
    with clients.mark("through the views"):
        time.sleep(seconds)
    for phase in reversed(phases) if back else ():
        name = f"{phase.name} back"
        with clients.mark(name), connect(url, search_path=settings.schemas) as session:
            runner.run(session, phases, "down", Request(phase=phase.name), settings)


@dataclass(frozen=True)
class Figures:
    """What one run says of one stretch of it."""

    seconds: float
    rate: float
    longest_ms: float
    own_ms: float
    errors: Mapping[str, int]


def figures(clients: Clients) -> dict[str, Figures]:
    """By stretch."""
    found = {}
    for name, _, _ in clients.marks:
        traffic = clients.traffic(name)
        found[name] = Figures(
            traffic.seconds, traffic.rate, traffic.longest_ms, traffic.own_ms, traffic.errors
        )
    return found


def one_run(server: Server, given: argparse.Namespace, settings: Settings) -> dict[str, Figures]:
    hand, ours = Clients(), Clients()
    size = given.clients, given.users, given.nodes
    url = prepared(server, given.users, given.nodes)
    with hand.running(url, *size):
        by_hand(url, hand)
    server.drop_database(url)
    url = prepared(server, given.users, given.nodes)
    with ours.running(url, *size):
        by_phases(url, ours, settings, given.seconds, back=not given.up)
    server.drop_database(url)
    return figures(hand) | figures(ours)


def show(runs: Sequence[Mapping[str, Figures]]) -> None:
    """The medians of the runs, and every error that any of them saw."""

    def median(name: str, figure: Callable[[Figures], float]) -> float:
        return statistics.median(figure(run[name]) for run in runs)

    undisturbed = median("undisturbed", lambda figures: figures.rate)
    for name in runs[0]:
        rate = median(name, lambda figures: figures.rate)
        errors = sum((Counter(run[name].errors) for run in runs), Counter[str]())
        print(
            f"{name:20} {median(name, lambda figures: figures.seconds):7.1f} s {rate:9.0f}/s"
            f" {rate / undisturbed:7.0%} {median(name, lambda figures: figures.longest_ms):10.0f}"
            f" ms {median(name, lambda figures: figures.own_ms):7.0f} ms  {dict(errors) or ''}"
        )
    ours = [name for name in runs[0] if name not in {"by hand", "undisturbed"}]
    yardstick = median("by hand", lambda figures: figures.longest_ms)
    for which, figure in (
        ("longest stall", lambda figures: figures.longest_ms),
        ("without the machine's", lambda figures: figures.own_ms),
    ):
        worst = max(median(name, figure) for name in ours)
        print(f"{which}: {worst:.0f} ms, 1/{yardstick / worst:.0f} of the {yardstick:.0f} by hand")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--up", action="store_true", help="leave the way back out")
    given = parser.parse_args()
    settings = load(
        ROOT / "gnkmigrate.toml",
        {"policies": {**load(ROOT / "gnkmigrate.toml").policies, "unmapped": "archive"}},
    )
    print(
        f"{given.nodes:,} user_nodes, {given.users:,} users, {given.clients} clients,"
        f" {given.runs} runs"
    )
    print(
        f"{'':20} {'time':>9} {'statements':>11} {'share':>7} {'longest':>13} {'own':>10}  errors"
    )
    runs = []
    with throwaway(ServerSettings(), 16) as server:
        for number in range(given.runs):
            runs.append(one_run(server, given, settings))
            print(f"run {number + 1}")
            show(runs[-1:])
    if given.runs > 1:
        print("medians")
        show(runs)


if __name__ == "__main__":
    main()
