"""A standby that falls behind: the backfill waits for it, says so, and goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import events
from gnkmigrate.settings import LimitSettings
from tests.conftest import MAJOR
from tests.own_server import OwnServer, own_server, standby_of
from tests.small import Small
from tests.support import execute, rows

ROWS = 20_000
BACKFILL = """
op.backfill(
    "long texts", "public.t", "id",
    "UPDATE public.t SET text = repeat('x', 500) WHERE :batch AND text IS NULL",
)
"""
LAG = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint FROM pg_stat_replication
"""


@pytest.fixture
def primary() -> Iterator[OwnServer]:
    with own_server(MAJOR) as own:
        yield own


@pytest.fixture
def standby(primary: OwnServer) -> Iterator[OwnServer]:
    with standby_of(primary) as own:
        yield own


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_backfill_waits_for_a_standby_whose_replay_is_paused(
    tmp_path: Path, primary: OwnServer, standby: OwnServer
) -> None:
    with primary.server.database() as url:
        small = Small(tmp_path, url, primary.server)
        small.revision(1, BACKFILL)
        limits = LimitSettings(replica_lag_mb=2, batch_rows=500, throttle=0)
        project = small.project(limits=limits)
        project.execute(
            "CREATE TABLE t (id integer PRIMARY KEY, text text);"
            f"INSERT INTO t SELECT number FROM generate_series(1, {ROWS}) AS number"
        )
        wait_until(lambda: rows(url, LAG) == [(0,)])
        execute(standby.url, "SELECT pg_wal_replay_pause()")
        execute(url, "SELECT pg_logical_emit_message(true, 'load', repeat('x', 3000000))")
        wait_until(lambda: rows(url, LAG)[0][0] > 3_000_000)

        heard: list[events.Event] = []
        upgrade = threading.Thread(target=project.up, args=(heard.append,))
        upgrade.start()
        wait_until(lambda: any(isinstance(event, events.Paused) for event in heard))
        moved = "SELECT count(*) FROM t WHERE text IS NOT NULL"
        while_waiting = project.value(moved)
        time.sleep(0.3)
        assert project.value(moved) == while_waiting < ROWS / 10

        with connect(standby.url) as session:
            session.execute("SELECT pg_wal_replay_resume()")
        upgrade.join()

        assert project.value(moved) == ROWS
        reason = next(event.reason for event in heard if isinstance(event, events.Paused))
        assert reason == "a standby is 3 MB behind (limit 2 MB)"


@pytest.mark.usefixtures("standby")
@pytest.mark.parametrize("way_out", ["grant", "policy"])
def test_a_role_that_does_not_see_the_lag_is_told_of_two_ways_out(
    tmp_path: Path, primary: OwnServer, way_out: str
) -> None:
    execute(primary.url, "CREATE ROLE migrator LOGIN")
    with primary.server.database() as url:
        execute(
            url,
            "ALTER SCHEMA public OWNER TO migrator; CREATE TABLE t (id int PRIMARY KEY, text text);"
            "ALTER TABLE t OWNER TO migrator; INSERT INTO t VALUES (1)",
        )
        execute(
            url,
            "DO $$ BEGIN EXECUTE format("
            "'GRANT ALL ON DATABASE %I TO migrator', current_database()); END $$",
        )
        role = DatabaseUrl(make_conninfo(url.conninfo, user="migrator"))
        small = Small(tmp_path, role, primary.server)
        small.revision(1, BACKFILL)
        project = small.project()
        with pytest.raises(
            PhaseFailed, match="migrator may not see how far it is behind"
        ) as failed:
            project.up()
        assert "GRANT pg_monitor TO migrator" in failed.value.hint
        assert "GNKMIGRATE_POLICIES__REPLICA_LAG=unseen" in failed.value.hint
        assert rows(url, "SELECT text FROM t") == [(None,)]

        if way_out == "grant":
            execute(url, "GRANT pg_monitor TO migrator")
        else:
            project = small.project(policies={"replica_lag": "unseen"})
        project.up()
        assert rows(url, "SELECT length(text) FROM t") == [(500,)]
