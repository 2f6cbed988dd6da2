"""How far a step in batches is, how fast it goes, and how long it will take."""

import threading
import time

from gnkmigrate.run import events
from gnkmigrate.run.work import Work

_TELL_EVERY_S = 0.5


class Progress:
    """Sums up what several sessions do, and tells it now and then.

    Args:
        total: rows that there are about; 0 when that is not known.
        walked: rows that an earlier run has walked.

    Attributes:
        changed: rows changed by this run.
    """

    def __init__(self, total: int, walked: int) -> None:
        self.changed = 0
        self._total = total
        self._before = self._walked = walked
        self._started = self._told = time.monotonic()
        self._lock = threading.Lock()

    def add(self, work: Work, walked: int, changed: int) -> None:
        """Counts a batch that has been committed; `work` is the session that did it."""
        with self._lock:
            self._walked += walked
            self.changed += changed
            now = time.monotonic()
            if now - self._told < _TELL_EVERY_S:
                return
            self._told = now
            event = self._event(work, now)
        work.observe(event)

    def _event(self, work: Work, now: float) -> events.StepProgress:
        rate = (self._walked - self._before) / max(now - self._started, 0.001)
        known = self._total >= self._walked and rate > 0
        return events.StepProgress(
            phase=work.phase,
            step=work.step,
            rows=self._walked,
            total=self._total,
            rate=round(rate, 1),
            seconds_left=round((self._total - self._walked) / rate, 1) if known else None,
        )
