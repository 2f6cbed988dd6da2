"""Transactions that are tried again and again while locks are not to be had, until a deadline."""

import itertools
import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import errors

from gnkmigrate.errors import NoLock
from gnkmigrate.run import deferred_checks, events
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.called import called
from gnkmigrate.run.interruption import answered
from gnkmigrate.run.session import Session
from gnkmigrate.run.template import render
from gnkmigrate.settings import LimitSettings

Result = TypeVar("Result")
# What may pass by itself: lock_not_available, deadlock_detected, serialization_failure.
PASSING = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_FIRST_TIMEOUT = 0.04


class LockRetry(Session):
    """The part of `Work` that waits for locks without keeping others waiting.

    Attributes:
        phase: the phase's name.
        step: the name of the running step.
        atomic: True inside one transaction for the whole phase (--atomic, a dry run).
        limits: times and sizes that keep the application undisturbed.
        watch: knows who is in the way.
        observe: told of every event.
    """

    phase: str
    step: str
    atomic: bool
    limits: LimitSettings
    watch: BlockerWatch
    observe: events.Observer

    def attempt(self, action: Callable[[], Result], *, limited: bool = True) -> Result:
        """Runs `action` in a transaction, again and again while locks are not to be had.

        Inside one transaction for the whole phase, what would be asked at the end is asked, too.

        Args:
            action: what to do; it may run several times, and takes effect at most once.
            limited: whether `limits.statement_timeout_s` holds for its statements.

        Raises:
            NoLock: the deadline passed; the message names who was in the way.
        """
        if self.atomic:
            result = action()
            deferred_checks.ask(self.connection)
            return result
        connection = self.connection
        deadline = time.monotonic() + self.limits.lock_deadline_s
        may_kill = self.limits.kill_blockers
        timeout_ms = first_timeout_ms(self.limits.lock_timeout_ms)
        for attempt in itertools.count(1):
            try:
                with self.watch.looking(), connection.transaction(), answered(connection):
                    self._limit(timeout_ms, statements=limited)
                    return action()
            except PASSING as error:
                waited_ms, most_ms = timeout_ms, self.limits.lock_timeout_ms
                # An autovacuum does not end the sooner for others having to wait longer behind us.
                if not any(blocker.is_autovacuum for blocker in self.watch.seen):
                    timeout_ms = min(2 * timeout_ms, most_ms)
                pause = _pause_s(attempt)
                late = time.monotonic() + pause > deadline
                if late and waited_ms < most_ms:
                    timeout_ms = most_ms  # once at least, before it is given up
                elif late and may_kill and self.watch.seen:
                    self.watch.terminate()
                    may_kill = False
                elif late:
                    raise self._no_lock(error) from None
                else:
                    self._wait(attempt, pause, deadline)
        raise AssertionError("only a result or the deadline ends the loop")

    def _limit(self, lock_ms: int, *, statements: bool) -> None:
        limit = f"SET LOCAL lock_timeout = {lock_ms}"
        if statements:
            limit += f"; SET LOCAL statement_timeout = {self.limits.statement_timeout_s * 1000:.0f}"
        self.connection.execute(limit.encode())

    def _no_lock(self, error: psycopg.Error) -> NoLock:
        return NoLock(
            f'{called(self.phase)}, step "{self.step}": no lock within '
            f"{self.limits.lock_deadline_s:g} s ({error.diag.message_primary}).",
            details=self.watch.described(),
            hint="End the sessions and prepared transactions named, or wait, then run the same "
            "command again: "
            "it goes on where it stopped.",
        )

    def _wait(self, attempt: int, pause: float, deadline: float) -> None:
        """Waits before the next attempt, outside of any lock's queue."""
        blockers = self.watch.described()
        self.observe(events.LockAwaited(self.phase, self.step, attempt, pause, blockers))
        time.sleep(pause)
        for blocker in self.watch.seen:
            if blocker.is_autovacuum:
                self.watch.wait_until_gone(blocker, deadline - time.monotonic())

    def concurrently(self, text: str) -> None:
        """Runs a statement that refuses a transaction, such as CREATE INDEX CONCURRENTLY.

        It waits for every older transaction, and that counts as waiting for a lock.

        Raises:
            NoLock: the deadline passed; the message names who was in the way.
        """
        self.without_transaction(render(text, self.parameters))

    def without_transaction(
        self, statement: str, is_done: Callable[[], bool] = lambda: False
    ) -> None:
        """The same for a statement without placeholders.

        Args:
            statement: one that may run again after a deadlock, of which it was the victim.
            is_done: asked before that; removes what it has left behind, unless that is all that
                was wanted.
        """
        milliseconds = round(self.limits.lock_deadline_s * 1000)
        deadline = time.monotonic() + self.limits.lock_deadline_s
        for attempt in itertools.count(1):
            try:
                with self.settings(lock_timeout=f"{milliseconds}ms"), self.watch.looking():
                    self.connection.execute(statement.encode())
                    return
            except PASSING as error:
                pause = _pause_s(attempt)
                late = time.monotonic() + pause > deadline
                if late or not isinstance(error, errors.DeadlockDetected):
                    raise self._no_lock(error) from None
            self._wait(attempt, pause, deadline)
            if is_done():
                return


def first_timeout_ms(most: int) -> int:
    """Milliseconds for which the first attempt may queue for a lock, where others wait behind it.

    Those who work in short transactions give way at once. Each further attempt waits twice as long,
    up to the limit.
    """
    return max(1, round(most * _FIRST_TIMEOUT))


def _pause_s(attempt: int) -> float:
    """Seconds before the next attempt: doubling, bounded, with jitter so that two never dance."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter keeps no secret
