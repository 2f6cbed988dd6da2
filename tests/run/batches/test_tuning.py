"""A backfill is paused, goes on and changes its pace while it runs: every row is copied once."""

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.run.batches import pace
from gnkmigrate.run.batches.tuning import Tuning, tune
from gnkmigrate.run.status import status
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.small import Small


def said(project: Project, change: Tuning) -> Tuning:
    """Says it in a session of its own, as `gnkmigrate tune` does."""
    with connect(project.url) as session:
        phase, now = tune(session, change)
    assert phase == "phase1"
    return now


@pytest.fixture
def copying(small: Small) -> Project:
    copy = """
    INSERT INTO public.seen SELECT id, pg_backend_pid(), pg_current_xact_id() FROM public.t
    WHERE :batch AND NOT (id = 400 AND 1 / (SELECT off FROM public.switch) = 0)
    """
    small.revision(
        1,
        f'op.backfill("copy", "public.t", sql={copy!r})',
        'op.step("copy", "TRUNCATE public.seen")',
    )
    project = small.project(limits=LimitSettings(batch_rows=200, throttle=0))
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 600);"
        "CREATE TABLE seen (id int, pid int, xact xid8); CREATE TABLE switch (off int);"
        "INSERT INTO switch VALUES (1)"
    )
    return project


def test_it_pauses_and_goes_on_with_more_sessions_and_smaller_batches(
    copying: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_LOOK_EVERY_S", 0.02)
    paused: list[events.Paused] = []

    def observe(event: events.Event) -> None:
        match event:
            case events.StepStarted():
                said(copying, Tuning(batch_rows=30, paused=True))
            case events.Paused() if not paused:
                paused.append(event)
                with copying.session() as session:
                    (found,) = status(session, copying.phases)
                assert found.state == "running"
                assert found.tuning == Tuning(batch_rows=30, paused=True)
                now = said(copying, Tuning(workers=3, throttle=0.5, paused=False))
                assert now == Tuning(throttle=0.5, workers=3, batch_rows=30, paused=False)

    copying.up(observe)

    assert "gnkmigrate tune --resume" in paused[0].reason
    assert copying.rows("SELECT count(*), count(DISTINCT id) FROM seen") == [(600, 600)]
    assert copying.value("SELECT count(DISTINCT pid) FROM seen") >= 3
    batches = "SELECT count(*) AS rows FROM seen GROUP BY xact"
    assert copying.value(f"SELECT max(rows) FROM ({batches}) AS batch") <= 30
    with copying.session() as session:
        (found,) = status(session, copying.phases)
    assert found.tuning == Tuning()


def test_it_ends_with_its_run_unless_that_was_cut_off(copying: Project) -> None:
    """A session that is lost, or a process that is killed, writes no end of the run."""
    copying.execute("UPDATE switch SET off = 0")

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            said(copying, Tuning(batch_rows=7))

    def holding() -> list[Tuning]:
        found = []

        def look(event: events.Event) -> None:
            if isinstance(event, events.StepStarted):
                with copying.session() as session:
                    found.append(status(session, copying.phases)[0].tuning)

        with pytest.raises(PhaseFailed, match="division by zero"):
            copying.up(look)
        return found

    with pytest.raises(PhaseFailed, match="division by zero"):
        copying.up(observe)
    copying.execute("UPDATE gnkmigrate.run SET state = 'running'")
    assert holding() == [Tuning(batch_rows=7)]
    assert holding() == [Tuning()]


def test_without_a_run_it_is_refused(copying: Project) -> None:
    refused = []

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            with pytest.raises(PhaseRefused) as no:
                said(copying, Tuning(paused=True))
            refused.append(no.value)

    for dry_run in (True, False):
        with pytest.raises(PhaseRefused, match="Nothing that could be tuned is running in") as no:
            said(copying, Tuning(paused=True))
        assert no.value.details == ()
        copying.up(observe if dry_run else events.ignore, dry_run=dry_run)
    assert refused[0].details[0].startswith("another gnkmigrate is at work")
