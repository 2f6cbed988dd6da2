"""A backfill's batches take the time that they should, and it waits while others suffer."""

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import events, journal_schema
from gnkmigrate.run.batches.pace import Pace, next_size
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.work import Work
from gnkmigrate.settings import LimitSettings
from tests.support import execute


def test_a_batch_that_was_quick_is_followed_by_a_larger_one() -> None:
    assert next_size(100, 0.01, target_s=0.05, most=5000) == 125


def test_a_batch_that_was_slow_is_followed_by_a_smaller_one() -> None:
    assert next_size(1000, 0.08, target_s=0.05, most=5000) == 625
    assert next_size(1000, 10.0, target_s=0.05, most=5000) == 250


@given(
    st.integers(1, 10_000),
    st.floats(0, 100),
    st.floats(0.001, 10),
    st.integers(1, 10_000),
)
def test_a_batch_is_never_empty_and_never_larger_than_allowed(
    rows: int, seconds: float, target: float, most: int
) -> None:
    assert 1 <= next_size(rows, seconds, target_s=target, most=most) <= most


def test_a_backfill_pauses_while_the_users_condition_is_true(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE overload (id integer); INSERT INTO overload VALUES (1)")
    limits = LimitSettings(throttle=0, pause_while="SELECT count(*) > 0 FROM public.overload")
    heard: list[events.Event] = []
    with connect(database) as session, BlockerWatch(session) as watch:
        journal_schema.create(session)
        work = Work(session, "trial", {}, False, limits, watch, heard.append, "fill")
        pace = Pace(work)
        relief = threading.Timer(1.5, execute, (database, "TRUNCATE overload"))
        relief.start()
        time.sleep(1)
        pace.after_batch(100, 0.05)
        relief.join()

    assert heard
    assert all(isinstance(event, events.Paused) for event in heard)
