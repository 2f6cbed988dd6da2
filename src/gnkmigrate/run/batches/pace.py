"""How fast a backfill goes: batches by time, rests between them, and pauses while others suffer.

It heeds what somebody says while it goes; see tuning.py.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import events
from gnkmigrate.run.batches.tuning import tuning

if TYPE_CHECKING:
    from gnkmigrate.run.work import Work

_FIRST_ROWS = 100
_FEWEST_ROWS = 50
# One batch may be so many times as large as the one before it, or so many times as small: a quick
# one may have been luck, and a slow one keeps somebody waiting.
_STEEPEST_UP = 1.25
_STEEPEST_DOWN = 4.0
_LOOK_EVERY_S = 1.0

# Bytes of WAL that the slowest standby has yet to replay; 0 without one. The lag in seconds
# would not do: it stands still while replay is paused (manual, 28.2.4).
_REPLICA_LAG = """
SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)
FROM pg_catalog.pg_stat_replication
"""
# A role without pg_read_all_stats sees that a standby is there, and nothing of how far it is
# (manual, 28.2.3); with it the state is never NULL.
_UNSEEN = "SELECT count(*) FROM pg_catalog.pg_stat_replication WHERE state IS NULL"
_WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
_MEGABYTE = 1024 * 1024


class Pace:
    """The pace of one backfill.

    Attributes:
        rows: how many rows the next batch should have.
        tuning: what somebody has said of it.
    """

    def __init__(self, work: "Work") -> None:
        """Begins slowly.

        Raises:
            PhaseFailed: there is a standby whose lag the role may not see.
        """
        self._work = work
        self._heed()
        self.rows = min(_FIRST_ROWS, self._limits.batch_rows)
        self._looked = -math.inf  # a standby may be behind from the beginning
        _require_sight(work)
        self._wal = self._bytes_written() if self._limits.wal_mb_per_s else 0

    def after_batch(self, rows: int, seconds: float) -> None:
        """Learns from a batch, and rests as long as the settings ask for.

        Args:
            rows: how many the batch had.
            seconds: how long it took, commit included.
        """
        self.rows = next_size(
            rows, seconds, target_s=self._limits.batch_ms / 1000, most=self._limits.batch_rows
        )
        time.sleep(seconds * self._limits.throttle)
        if time.monotonic() - self._looked >= _LOOK_EVERY_S:
            self._pause_while(self._reasons)
            self._looked = time.monotonic()

    def _heed(self) -> None:
        self.tuning = tuning(self._work.connection, self._work.phase)
        self._limits = self.tuning.applied_to(self._work.limits)

    def _pause_while(self, reasons: Callable[[], Iterator[str]]) -> None:
        reason = next(reasons(), None)
        while reason is not None:
            self._work.observe(events.Paused(self._work.phase, self._work.step, reason))
            time.sleep(_LOOK_EVERY_S)
            reason = next(reasons(), None)

    def _reasons(self) -> Iterator[str]:
        self._heed()
        limits = self._limits
        if self.tuning.paused:
            yield "gnkmigrate tune --pause has said so; gnkmigrate tune --resume lets it go on"
        lag = int(self._work.value(_REPLICA_LAG)) / _MEGABYTE
        if lag > limits.replica_lag_mb:
            yield f"a standby is {lag:.0f} MB behind (limit {limits.replica_lag_mb} MB)"
        if limits.wal_mb_per_s:
            seconds = time.monotonic() - self._looked
            rate = (self._bytes_written() - self._wal) / _MEGABYTE / seconds
            if rate > limits.wal_mb_per_s:
                yield f"{rate:.0f} MB of WAL a second (limit {limits.wal_mb_per_s:g})"
            self._wal = self._bytes_written()
        if limits.pause_while and self._is_true(limits.pause_while):
            yield "the condition of the setting limits.pause_while is true"

    def _is_true(self, query: str) -> bool:
        """What the project asks: one statement, which changes nothing and finds nothing planted."""
        connection = self._work.connection
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
            row = connection.execute(query.encode(), prepare=True).fetchone()
        return bool(row and row[0])

    def _bytes_written(self) -> int:
        return int(self._work.value(_WAL))


def _require_sight(work: "Work") -> None:
    """What cannot be seen is not taken for no lag, unless the user says that nobody minds it."""
    if work.parameters.get("replica_lag") == "unseen" or not work.value(_UNSEEN):
        return
    role = work.value("SELECT quote_ident(current_user)")
    raise PhaseFailed(
        f"Phase {work.phase}: a standby follows this server, and {role} may not see how far it is "
        "behind, so the backfill could not wait for it.",
        hint=f"As a superuser: GRANT pg_monitor TO {role}; or go on without waiting for standbys "
        'with the policy replica_lag = "unseen" (GNKMIGRATE_POLICIES__REPLICA_LAG=unseen).',
    )


def next_size(rows: int, seconds: float, *, target_s: float, most: int) -> int:
    """The size of the next batch, so that it takes about `target_s`.

    Args:
        rows: rows of the last batch.
        seconds: how long it took.
        target_s: how long a batch should take, in seconds.
        most: the largest size allowed, in rows.
    """
    factor = target_s / seconds if seconds > 0 else _STEEPEST_UP
    wanted = rows * min(max(factor, 1 / _STEEPEST_DOWN), _STEEPEST_UP)
    return max(min(round(wanted), most), min(_FEWEST_ROWS, most))
