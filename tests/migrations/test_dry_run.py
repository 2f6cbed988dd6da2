"""A dry run executes everything and leaves nothing; first it says which tables it will lock."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.run import events, runner
from gnkmigrate.run.status import Request
from tests.migrations.project import Project, Stations

# Relations that were there before and on which this session holds a lock that blocks writers.
STRONG_LOCKS = """
SELECT DISTINCT format('%s.%s', nspname, relname)
FROM pg_locks
JOIN pg_class ON pg_class.oid = relation
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND nspname = 'public'
  AND relkind IN ('r', 'p', 'v', 'm', 'S')
  AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
RELATIONS = """
SELECT format('%s.%s', schemaname, tablename) FROM pg_tables
UNION SELECT format('%s.%s', schemaname, sequencename) FROM pg_sequences
"""
EVERYTHING = """
SELECT oid::text, relname, relfilenode, relnatts FROM pg_class
WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg_%') ORDER BY 1
"""


def whole(project: Project) -> list[object]:
    """Catalog, rows, sequences and journal, as they are."""
    with project.session() as session:
        facts = [(fact.identity, fact.hash) for fact in read_snapshot(session).ordered]
        relations = session.execute(EVERYTHING).fetchall()
        sequences = session.execute("SELECT * FROM pg_sequences ORDER BY 1, 2").fetchall()
    journal = []
    if project.value("SELECT to_regclass('gnkmigrate.run') IS NOT NULL"):
        for table in ("run", "step", "memory", "overflow", "alembic_version"):
            journal += project.rows(f"SELECT t::text FROM gnkmigrate.{table} AS t ORDER BY 1")
    return [facts, relations, sequences, journal, project.state]


@pytest.mark.parametrize("level", range(7))
def test_a_dry_run_changes_nothing_at_all(stations: Stations, level: int) -> None:
    with stations[level].project() as project:
        before = whole(project)

        told: list[events.Event] = []
        project.up(told.append, dry_run=True)
        project.down(told.append, dry_run=True)

        assert whole(project) == before
        finished = [event.phase for event in told if isinstance(event, events.PhaseFinished)]
        assert len(finished) == len(project.phases)


@pytest.mark.parametrize(("level", "direction"), [(0, "up"), (6, "down")])
def test_whatever_is_locked_was_announced(
    stations: Stations, level: int, direction: events.Direction
) -> None:
    announced: set[str] = set()
    locked: set[str] = set()
    with stations[level].project() as project, project.session() as session:
        there = {str(row[0]) for row in session.execute(RELATIONS).fetchall()}

        def observe(event: events.Event) -> None:
            if isinstance(event, events.TablesTouched):
                announced.update(table for table, _ in event.tables)
                announced.update(event.sequences)
            if isinstance(event, events.PhaseFinished):
                locked.update(str(row[0]) for row in session.execute(STRONG_LOCKS).fetchall())

        request = Request(dry_run=True)
        runner.run(session, project.phases, direction, request, project.settings, observe)

    assert {"public.users", "public.user_nodes"} <= locked
    assert locked & there <= announced


def test_rows_are_counted_and_too_many_refused(stations: Stations) -> None:
    with stations[0].project(limits={"dry_run_rows": 3}) as project:
        told: list[events.Event] = []
        with pytest.raises(PhaseRefused, match="hold its locks for too long") as refused:
            project.up(told.append, dry_run=True)

        assert refused.value.details == ("public.node_requests: more than 3 rows",)
        assert "rehearse" in refused.value.hint
        (touched,) = told
        assert isinstance(touched, events.TablesTouched)
        assert dict(touched.tables)["public.users"] == 3


def test_what_a_phase_would_refuse_is_said_and_nothing_left(stations: Stations) -> None:
    with stations[0].project() as project:
        project.execute("UPDATE users SET email = repeat('e', 300) || id")
        before = whole(project)

        with pytest.raises(PhaseRefused, match="Phase align cannot upgrade"):
            project.up(dry_run=True)

        assert whole(project) == before
