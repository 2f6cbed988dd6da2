"""While the phases run, up and down: no large table is rewritten, or read whole under a lock.

PostgreSQL itself is the witness. An event trigger refuses a rewrite of a table with rows; and after
each statement the session asks which locks it holds, and how many rows of those tables it has read
in this transaction.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.status import Request
from tests.migrations.maintenance import turned_away
from tests.migrations.project import Home, Project

ROWS = 300

# Rows read so far, by the tables that are locked against writers or will be.
_READ = """
SELECT relid, relid::regclass::text, seq_tup_read + coalesce(idx_tup_fetch, 0),
       (SELECT max(mode) FROM pg_catalog.pg_locks
        WHERE relation = relid AND pid = pg_catalog.pg_backend_pid() AND granted AND mode IN
              ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
FROM pg_catalog.pg_stat_xact_user_tables WHERE schemaname <> 'gnkmigrate'
"""

_NO_REWRITE = """
CREATE FUNCTION public.refuse_rewrite() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_relation_size(pg_event_trigger_table_rewrite_oid()) > 0 THEN
        RAISE 'rewrites %', pg_event_trigger_table_rewrite_oid()::regclass;
    END IF;
END
$$;
CREATE EVENT TRIGGER refuse_rewrite ON table_rewrite EXECUTE FUNCTION public.refuse_rewrite()
"""

_FILL = f"""
INSERT INTO users (email, password) SELECT 'user' || n || '@example.com', 'secret'
FROM generate_series(1, {ROWS}) AS n;
INSERT INTO user_nodes (user_id, node_address)
SELECT id, 'node of ' || email FROM users;
INSERT INTO node_requests (user_id, gpu_type, region, processed_by)
SELECT id, '4090', 'here', email FROM users;
ANALYZE
"""


class Watched(psycopg.Connection[tuple[Any, ...]]):
    """A session that notes what it reads under a strong lock.

    Attributes:
        found: (statement, table, mode, rows).
    """

    found: list[tuple[str, str, str, int]]

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if text.startswith("SET "):  # SET TRANSACTION must come before any query
            return super().execute(query, *arguments, **options)
        before = self._read()
        cursor = super().execute(query, *arguments, **options)
        for oid, (table, rows, mode) in self._read().items():
            read = rows - before[oid][1] if oid in before else 0
            if mode and read >= ROWS:
                self.found.append((text, table, mode, read))
        return cursor

    def _read(self) -> dict[int, tuple[str, int, str | None]]:
        if self.info.transaction_status != TransactionStatus.INTRANS:
            return {}
        return {row[0]: (row[1], row[2], row[3]) for row in super().execute(_READ).fetchall()}


def run(project: Project, direction: Direction) -> Sequence[tuple[str, str, str, int]]:
    with connect(project.url, search_path=["public"], session_class=Watched) as session:
        assert isinstance(session, Watched)
        session.found = []
        session.execute("SET enable_seqscan = off")  # else a small table is read whole by choice
        runner.run(session, project.phases, direction, Request(), project.settings)
        return session.found


def test_nothing_is_rewritten_or_read_whole_under_a_lock(home: Home) -> None:
    with home.project() as project:
        project.execute(_FILL)
        project.execute(_NO_REWRITE)
        before = project.state

        assert run(project, "up") == []
        assert run(project, "down") == []
        assert project.state == before


def test_the_witness_sees_a_rewrite_and_a_scan(home: Home) -> None:
    with home.project() as project:
        project.execute(_FILL)
        project.execute(_NO_REWRITE)
        with pytest.raises(psycopg.errors.RaiseException, match="rewrites users"):
            project.execute("ALTER TABLE users ALTER COLUMN name TYPE int USING 1")
        with connect(project.url, search_path=["public"], session_class=Watched) as session:
            assert isinstance(session, Watched)
            session.found = []
            with session.transaction():
                session.execute("ALTER TABLE users ADD CHECK (email <> '')")
            assert [row[1:3] for row in session.found] == [("users", "AccessExclusiveLock")]


@pytest.mark.parametrize("vacuumed", ["public.user_nodes", "gnkmigrate_staging.user_nodes"])
def test_nobody_waits_behind_a_swap_that_waits_for_a_vacuum(
    project: Project, vacuumed: str
) -> None:
    read = "SELECT FROM public.user_nodes"

    assert turned_away(project, "swap of public.user_nodes", vacuumed=vacuumed, read=read) == []
