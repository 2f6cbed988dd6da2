"""The tables that a phase announces are those that pg_locks shows while it runs, for writers.

A dry run holds what it locks to its end, and is tested in test_dry_run.py; here phases run in
earnest, step by step.
"""

from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from gnkmigrate.connection import connect
from gnkmigrate.phases import runner
from tests.migrations.project import Project, Stations
from tests.migrations.test_interruption import Way, ways

# Tables on which a session holds a lock that stops writers; those that nobody else can see yet are
# in nobody's way.
STOPPING = """
SELECT DISTINCT format('%%s.%%s', nspname, relname)
FROM pg_locks
JOIN pg_class ON pg_class.oid = relation
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pid = %s AND granted AND nspname = 'public' AND relkind IN ('r', 'p')
  AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
TABLES = "SELECT format('%s.%s', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"


class Watched(psycopg.Connection[tuple[Any, ...]]):
    """A session at which another one looks after every statement in a transaction.

    Attributes:
        locked: tables that it has locked against writers.
    """

    locked: set[str]
    other: psycopg.Connection[tuple[Any, ...]]

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        cursor = super().execute(query, *arguments, **options)
        if self.info.transaction_status == TransactionStatus.INTRANS:
            locked = self.other.execute(STOPPING, (self.info.backend_pid,)).fetchall()
            self.locked.update(str(row[0]) for row in locked)
        return cursor


def locked_against_writers(project: Project, way: Way) -> set[str]:
    """The tables that one way of a phase locked against writers, and that there were before."""
    with (
        connect(project.url) as other,
        connect(project.url, search_path=["public"], session_class=Watched) as session,
    ):
        assert isinstance(session, Watched)
        session.locked, session.other = set(), other
        before = {str(row[0]) for row in other.execute(TABLES).fetchall()}
        runner.run(session, project.phases, way.direction, way.request, project.settings)
        return session.locked & before


@pytest.mark.parametrize("way", tuple(ways()), ids=str)
def test_every_table_that_a_phase_locks_against_writers_is_announced(
    stations: Stations, way: Way
) -> None:
    with stations[way.start].project() as project:
        locked = locked_against_writers(project, way)

    assert locked <= set(project.phases[way.phase - 1].tables)
    assert locked or way.phase in {1, 4}  # new tables alone; CONCURRENTLY alone
