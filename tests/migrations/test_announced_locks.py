"""The locks that a phase announces are those that pg_locks shows while it runs, or stronger ones.

A dry run holds what it locks to its end, and is tested in test_dry_run.py; here phases run in
earnest, step by step.
"""

from collections import defaultdict
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.lock_announcement import STRENGTH
from tests.migrations.project import Project, Stations
from tests.migrations.ways import Way, ways

# Locks of a session that keep writers waiting; those on tables that nobody else can see yet are in
# nobody's way.
STOPPING = """
SELECT DISTINCT format('%%s.%%s', nspname, relname), mode
FROM pg_locks
JOIN pg_class ON pg_class.oid = relation
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pid = %s AND granted AND nspname = 'public' AND relkind IN ('r', 'p')
  AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
TABLES = "SELECT format('%s.%s', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"
# As pg_locks calls them.
MODES = {f"{mode.title().replace(' ', '')}Lock": place for place, mode in enumerate(STRENGTH)}


class Watched(psycopg.Connection[tuple[Any, ...]]):
    """A session at which another one looks after every statement in a transaction.

    Attributes:
        locked: the strongest lock against writers that it has had on each table.
    """

    locked: dict[str, int]
    other: psycopg.Connection[tuple[Any, ...]]

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        cursor = super().execute(query, *arguments, **options)
        if self.info.transaction_status == TransactionStatus.INTRANS:
            locks = self.other.execute(STOPPING, (self.info.backend_pid,)).fetchall()
            for table, mode in locks:
                self.locked[table] = max(self.locked[table], MODES[mode])
        return cursor


def locked_and_announced(project: Project, way: Way) -> tuple[dict[str, int], dict[str, int]]:
    """The strongest locks of one way of a phase on each table: those that it had, and had said."""
    announced: dict[str, int] = {}

    def observe(event: events.Event) -> None:
        if isinstance(event, events.LocksAnnounced):
            announced.update({table: STRENGTH.index(mode) for table, mode, _ in event.locks})
            assert all(lasts and "{" not in lasts for _, _, lasts in event.locks)

    with (
        connect(project.url) as other,
        connect(project.url, search_path=["public"], session_class=Watched) as session,
    ):
        assert isinstance(session, Watched)
        session.locked, session.other = defaultdict(int), other
        before = {str(row[0]) for row in other.execute(TABLES).fetchall()}
        runner.run(session, project.phases, way.direction, way.request, project.settings, observe)
        return {table: session.locked[table] for table in session.locked.keys() & before}, announced


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_every_lock_of_a_phase_against_writers_is_announced(stations: Stations, way: Way) -> None:
    with stations[way.start].project() as project:
        locked, announced = locked_and_announced(project, way)

    weaker = {table: lock for table, lock in locked.items() if lock > announced.get(table, 0)}
    assert weaker == {}
    assert locked.keys() <= set(way.phase.tables)
    assert locked or way.phase.number in {1, 4}  # new tables alone; CONCURRENTLY alone
