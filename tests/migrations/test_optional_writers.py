"""Two clients write all through optional phases that come, go and come again; nothing differs.

Meanwhile a clock calls the procedures of those that stand. `make test` takes some phases together;
`make test-faults` all of them, and each alone as well, with GNKMIGRATE_OPERATIONS.
"""

import itertools
import os
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.servers import Server
from tests.migrations.optional import CORE, KEY, OPTIONAL, below, stations_beside
from tests.migrations.project import Place, Project, Stations
from tests.migrations.writers import TEXTS, Write, Writer, at_work, both, quoted, some_id

OPERATIONS = int(os.environ.get("GNKMIGRATE_OPERATIONS", "0"))
STAGES, LEAST = 4, 100
# Where they never rest, every lock of a phase waits for its turn.
PAUSE_S = 0 if OPERATIONS else 0.01
RECORDED = "(SELECT id FROM nodes WHERE identifier = 'gonka1first')"
TABLES = ("users", "nodes", "user_nodes", "node_requests", "node_stats_cache", "earnings_history")
# Of these tables a clock records and deletes the rest.
LASTING = {
    "earnings_history": f"date > '2002-01-01' AND node_id IS DISTINCT FROM {RECORDED}",
    "node_stats_cache": "fetched_at > '2002-01-01'",
}
# What exchanges a table comes before what reads it, and goes after it.
BESIDE = sorted(
    (name for name, phase in OPTIONAL.items() if not phase.after_contract),
    key=lambda name: name != "partition-earnings",
)
TOGETHER = BESIDE if OPERATIONS else ("partition-earnings", "audit-log", "encryption")
ALONE = tuple(OPTIONAL) if OPERATIONS else ("soft-delete",)

# What belongs to nobody's clock, called by one; another key comes seldom, and keeps writers away.
PROCEDURES = (
    "public.record_daily_earnings('UTC')",
    "public.purge_node_stats(1)",
    "public.apply_retention(1)",
    "public.earnings_history_ahead(3)",
    "public.audit_log_ahead(3)",
)
ROTATION, SELDOM = "private.rotate_users_key()", 10
_SET = f"""
SELECT set_config(name, '{KEY}', false)
FROM unnest(ARRAY['app.encryption_key', 'app.encryption_key_new']) AS name
"""


def chosen(chance: random.Random, session: Connection, table: str) -> UUID:
    return some_id(session, chance, table) or UUID(int=0)


def text(chance: random.Random) -> str:
    return quoted(chance.choice(TEXTS))


def insert_user(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    del session
    identity = UUID(int=chance.getrandbits(128))
    return both(
        "insert",
        "INSERT INTO {schema}users (id, email, password, name, telegram) VALUES"
        f" ('{identity}', '{identity.hex}@x.org', 'p', {text(chance)}, '@{identity.hex}')",
    )


def update_user(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    change = chance.choice(
        (
            f"name = {text(chance)}",
            f"telegram = '@{chance.getrandbits(64):x}'",
            f"discord = '#{chance.getrandbits(64):x}', updated_at = now()",
        )
    )
    return both(
        "update",
        f"UPDATE {{schema}}users SET {change} WHERE id = '{chosen(chance, session, 'users')}'",
    )


def insert_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    """Without earnings and statistics, so that it can be deleted as softly as hard."""
    del session
    identity = UUID(int=chance.getrandbits(128))
    return both(
        "insert",
        "INSERT INTO {schema}nodes (id, identifier, identifier_type, display_name)"
        f" VALUES ('{identity}', 'bare{identity.hex}', 'wallet', {text(chance)})",
    )


def update_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    change = f"display_name = {text(chance)}, gpu_type = {text(chance)}"
    return both(
        "update",
        f"UPDATE {{schema}}nodes SET {change} WHERE id = '{chosen(chance, session, 'nodes')}'",
    )


def delete_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    node = chosen(chance, session, "nodes")
    return both(
        "delete",
        f"DELETE FROM {{schema}}nodes WHERE id = '{node}' AND identifier LIKE 'bare%'",
    )


def insert_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    identity = UUID(int=chance.getrandbits(128))
    user = chosen(chance, session, "users")
    return both(
        "insert",
        "INSERT INTO {schema}node_requests (id, user_id, gpu_type, message, admin_notes)"
        f" SELECT '{identity}', id, 'H100', {text(chance)}, {text(chance)} FROM copy.users"
        f" WHERE id = '{user}'",
    )


def update_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = chosen(chance, session, "node_requests")
    change = f"message = {text(chance)}, gpu_count = gpu_count + 1"
    return both("update", f"UPDATE {{schema}}node_requests SET {change} WHERE id = '{row}'")


def delete_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = chosen(chance, session, "node_requests")
    return both("delete", f"DELETE FROM {{schema}}node_requests WHERE id = '{row}'")


def fetch_stats(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    """What the fetcher does all day."""
    del session
    return both(
        "upsert",
        "INSERT INTO {schema}node_stats_cache (node_id, status, earnings_day, source, fetched_at)"
        f" SELECT id, 'up', {chance.randrange(9)}, 'tracker', now() FROM copy.nodes"
        " WHERE identifier = 'gonka1first' ON CONFLICT (node_id) DO UPDATE SET"
        " earnings_day = excluded.earnings_day, fetched_at = excluded.fetched_at",
    )


def some_day(chance: random.Random) -> str:
    """One that hardly comes twice, and for which there hardly is a partition."""
    return f"'2030-01-01'::date + {chance.randrange(1_000_000)}"


def insert_earnings(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    del session
    return both(
        "insert",
        "INSERT INTO {schema}earnings_history (id, node_id, date, earnings_gnk)"
        f" SELECT '{UUID(int=chance.getrandbits(128))}', id, {some_day(chance)}, 1"
        " FROM copy.nodes WHERE identifier = 'gonka1second'",
    )


def update_earnings(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = chosen(chance, session, "earnings_history")
    change = chance.choice(("earnings_gnk = earnings_gnk + 1", f"date = {some_day(chance)}"))
    return both("update", f"UPDATE {{schema}}earnings_history SET {change} WHERE id = '{row}'")


def delete_earnings(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = chosen(chance, session, "earnings_history")
    return both("delete", f"DELETE FROM {{schema}}earnings_history WHERE id = '{row}'")


WRITES: Sequence[Write] = (
    insert_user,
    update_user,
    insert_node,
    update_node,
    delete_node,
    insert_request,
    update_request,
    delete_request,
    fetch_stats,
    insert_earnings,
    update_earnings,
    delete_earnings,
)


@pytest.fixture(scope="module")
def beside(server: Server) -> Iterator[Stations]:
    with stations_beside(server) as stations:
        yield stations


@contextmanager
def prepared(stations: Stations, place: Place) -> Iterator[Project]:
    """A copy of the station's database with copies of its tables, but for what is old."""
    with stations[place].project(limits={"throttle": 0.2, "batch_rows": 20}) as project:
        copies = "".join(
            f"CREATE TABLE copy.{table} (LIKE public.{table} INCLUDING ALL);"
            f"INSERT INTO copy.{table} SELECT * FROM public.{table};"
            for table in TABLES
        )
        project.execute(f"""
            DELETE FROM node_stats_cache;
            DELETE FROM earnings_history WHERE node_id = {RECORDED};
            CREATE SCHEMA copy; {copies}
            INSERT INTO node_stats_cache (node_id, fetched_at)
            SELECT id, '2001-01-01' FROM nodes WHERE identifier = 'gonka1third';
            INSERT INTO earnings_history (node_id, date, earnings_gnk)
            SELECT id, '2001-01-01', 1 FROM nodes WHERE identifier = 'gonka1second';
        """)
        yield project


def tick(project: Project, over: threading.Event, failures: list[BaseException]) -> None:
    """Calls what is there, again and again, as cron would."""
    try:
        with connect(project.url) as session:
            session.execute(_SET.encode())
            for number in itertools.takewhile(lambda _: not over.wait(0.5), itertools.count()):
                for call in (*PROCEDURES, *([] if number % SELDOM else [ROTATION])):
                    name = call.partition("(")[0]
                    try:
                        found = session.execute("SELECT to_regproc(%s)", (name,)).fetchone()
                        if found and found[0]:
                            session.execute(f"CALL {call}".encode())
                    except (
                        psycopg.errors.UndefinedFunction,  # taken back since
                        psycopg.errors.UndefinedTable,
                        psycopg.errors.UndefinedColumn,
                        psycopg.errors.DeadlockDetected,
                    ):
                        continue
    except BaseException as error:  # noqa: BLE001 - told by the test that joins the thread
        failures.append(error)


@contextmanager
def writing(project: Project, *seeds: int) -> Iterator[None]:
    """Two clients, and a clock."""
    over = threading.Event()
    failures: list[BaseException] = []
    writers = [
        Writer(project.url, seed, over, ["live", "public"], WRITES, _SET, PAUSE_S) for seed in seeds
    ]
    clock = threading.Thread(target=tick, args=(project, over, failures))
    clock.start()
    share = OPERATIONS / STAGES / (len(OPTIONAL) + 1)
    with at_work(writers, over, max(share, LEAST)):
        yield
    clock.join()
    assert not failures
    assert all(writer.done.total() for writer in writers)


def differences(project: Project) -> list[tuple[Any, ...]]:
    """Rows that only the application or only the copy has, as the application reads them."""
    with connect(project.url, search_path=["live", "public"]) as session:
        session.execute(_SET.encode())
        return [
            (table, *row)
            for table in TABLES
            for row in session.execute(compared(session, table).encode()).fetchall()
        ]


def compared(session: Connection, table: str) -> str:
    """The query for one table: in columns that it has from the start, and without what is old."""
    names, sealed = session.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),"
        " to_regclass('private.' || %s)::text"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT starts_with(attname, 'gnkmigrate_kept_')",
        (table, f"copy.{table}"),
    ).fetchall()[0]
    where = LASTING.get(table, "true")
    theirs = f"SELECT {names} FROM {sealed or table} WHERE {where}"
    ours = f"SELECT {names} FROM copy.{table} WHERE {where}"
    return (
        f"SELECT 'application', * FROM ({theirs} EXCEPT ALL {ours}) AS theirs"
        f" UNION ALL SELECT 'copy', * FROM ({ours} EXCEPT ALL {theirs}) AS ours"
    )


# Each row that the log tells of is, in what it tells last, as the row is, or gone.
_LOGGED = """
WITH told AS (
    SELECT DISTINCT ON (row_key, name) row_key ->> 'id' AS id, name, action, after -> name AS value
    FROM audit_log, unnest(columns) AS name WHERE table_name = 'public.node_requests'
    ORDER BY row_key, name, at DESC
)
SELECT told.id, name, value, to_jsonb(requests) -> name
FROM told LEFT JOIN public.node_requests AS requests ON requests.id::text = told.id
WHERE CASE action WHEN 'DELETE' THEN requests.id IS NOT NULL
      ELSE to_jsonb(requests) -> name IS DISTINCT FROM value END
"""


def carried_through(project: Project, names: Sequence[str]) -> None:
    """Phases come, stand, go and come again, while everybody writes."""
    with writing(project, 1, 2):
        for name in names:
            project.up(phase=name)
    assert differences(project) == []
    with writing(project, 3, 4):
        pass
    assert differences(project) == []
    if "audit-log" in names:
        assert project.value("SELECT count(*) FROM audit_log") > 0
        assert project.rows(_LOGGED) == []
    if "retention" in names:
        assert project.value("SELECT count(*) FROM earnings_history WHERE date < '2002-01-01'") == 0

    with writing(project, 5, 6):
        for name in (*names[1:], names[0]):
            while name in standing(project):
                with suppress(PhaseFailed):  # what is asked beforehand may come meanwhile
                    project.down(phase=name, parameters={"spill": "yes"})
    assert differences(project) == []
    with writing(project, 7, 8):
        for name in names:
            project.up(phase=name)
    assert differences(project) == []


def standing(project: Project) -> set[str]:
    return {
        phase.name
        for phase, state in zip(project.phases, project.states, strict=True)
        if state != "pending"
    }


def test_no_write_is_lost_or_doubled_while_several_phases_come_and_go(beside: Stations) -> None:
    with prepared(beside, CORE) as project:
        carried_through(project, TOGETHER)


@pytest.mark.parametrize("name", ALONE)
def test_no_write_is_lost_or_doubled_while_one_phase_comes_and_goes(
    beside: Stations, name: str
) -> None:
    with prepared(beside, below(OPTIONAL[name])) as project:
        carried_through(project, [name])
