"""What a step works with: the pinned session, the parameters, and its place in the journal."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import Cursor, errors
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from gnkmigrate.connection import Connection
from gnkmigrate.errors import CatalogLocked, NoLock
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.run import deferred, events
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.called import called
from gnkmigrate.run.encryption_key import load_key
from gnkmigrate.run.events import Direction
from gnkmigrate.run.interruption import answered
from gnkmigrate.run.names import literal
from gnkmigrate.run.template import render
from gnkmigrate.settings import LimitSettings

if TYPE_CHECKING:
    from gnkmigrate.run.step import Step

Result = TypeVar("Result")

# What may pass by itself: lock_not_available, deadlock_detected, serialization_failure.
PASSING = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_FIRST_TIMEOUT = 0.04


def _no_target() -> Snapshot:
    raise TypeError("a plan has no target of its own")


@dataclass
class Work:
    """The session of a running phase, as its steps see it.

    Attributes:
        connection: the one session of the whole run, in autocommit outside `attempt`.
        phase: the phase's name, under which the journal keeps what a step remembers.
        parameters: values of the placeholders in a step's SQL; see template.py.
        atomic: True inside one transaction for the whole phase (--atomic, a dry run).
        limits: times and sizes that keep the application undisturbed.
        watch: knows who is in the way.
        observe: told of every event.
        step: the name of the running step.
        direction: which way the phase runs.
        project_path: the search_path of the project, for SQL that does not qualify its names.
        beside: the steps that are asked together, before any of them has run.
        defers_cutover: whether a phase stops before its first cutover, with all in step.
        load_target: loads what the phase's target declares.
        load_key: gives the key of encrypted columns, or refuses; it is kept nowhere.
        schemas: the schemas that are the project's; None for all.
        ignore: patterns of what in them is somebody else's.
    """

    connection: Connection
    phase: str
    parameters: Mapping[str, str]
    atomic: bool
    limits: LimitSettings
    watch: BlockerWatch
    observe: events.Observer = events.ignore
    step: str = ""
    direction: Direction = "up"
    project_path: str = "pg_catalog, pg_temp"
    beside: Sequence["Step"] = ()
    defers_cutover: bool = False
    load_target: Callable[..., Snapshot] = _no_target
    load_key: Callable[[], str] = load_key
    schemas: Sequence[str] | None = None
    ignore: Sequence[str] = ()

    @property
    def target(self) -> Snapshot:
        """What the target declares; of a phase that was written long ago, its own target.

        Raises:
            SchemaError: the target cannot be loaded.
            ServerUnavailable: there is no server to load it into.
        """
        return self.load_target()

    @cached_property
    def facts(self) -> Snapshot:
        """The database as it is when a check first asks; no step that changes it may.

        Raises:
            psycopg.errors.LockNotAvailable: somebody's lock is in the way; see `attempt`.
        """
        return self.read_facts()

    def read_facts(
        self, schemas: Sequence[str] | None = None, ignore: Sequence[str] = ()
    ) -> Snapshot:
        """The database, or some schemas of it, as it is now; without what is somebody else's.

        Raises:
            psycopg.errors.LockNotAvailable: somebody's lock is in the way; see `attempt`.
        """
        try:
            return read_snapshot(self.connection, schemas=schemas, ignore=ignore)
        except CatalogLocked as error:
            if isinstance(error.__cause__, errors.LockNotAvailable):
                raise error.__cause__ from None
            raise

    @property
    def earlier(self) -> Iterator["Step"]:
        """Those of them that run before this one."""
        return itertools.takewhile(lambda step: step.name != self.step, self.beside)

    @property
    def dropped(self) -> frozenset[str]:
        """What they drop, as pg_describe_object says it; a view's rule goes with the view."""
        found = [each for step in self.earlier for each in step.clears]
        return frozenset([*found, *(f"rule _RETURN on {each}" for each in found)])

    def execute(self, text: str) -> Cursor[tuple[Any, ...]]:
        """Runs SQL after filling in its placeholders."""
        return self.connection.execute(render(text, self.parameters).encode())

    def value(self, text: str) -> Any:
        """The first column of the first row, or None."""
        row = self.execute(text).fetchone()
        return row[0] if row else None

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
            deferred.ask(self.connection)
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
            hint="End the sessions named, or wait, then run the same command again: "
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

    @contextmanager
    def settings(self, **values: str) -> Iterator[None]:
        """Settings of the session, set back at the end."""
        previous = {name: self.value(f"SELECT current_setting({literal(name)})") for name in values}
        for name, value in values.items():
            self._set(name, value)
        try:
            yield
        finally:
            # After an error inside a transaction nothing can be set, and its end sets it back.
            status = self.connection.info.transaction_status
            if status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}:
                for name, value in previous.items():
                    self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        # set_config reads a list such as search_path's as one; SET would quote it whole.
        self.connection.execute("SELECT set_config(%s, %s, false)", (name, value))

    def remember(self, key: str, value: Any) -> None:
        """Keeps a JSON value for the phase's way back; the first one stays."""
        self.connection.execute(
            "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            (self.phase, key, Jsonb(value)),
        )

    def recall(self, key: str) -> Any:
        """What was remembered under `key`; None when nothing was."""
        return self.recall_all([key]).get(key)

    def recall_all(self, keys: Sequence[str]) -> Mapping[str, Any]:
        """What was remembered under each of these keys, where anything was."""
        query = "SELECT key, value FROM gnkmigrate.memory WHERE phase = %s AND key = ANY (%s)"
        return dict(self.connection.execute(query, (self.phase, list(keys))).fetchall())

    def forget(self, key: str) -> None:
        self.connection.execute(
            "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s", (self.phase, key)
        )

    @property
    def checkpoint(self) -> Any:
        """Where a batched step has come to; None at its beginning."""
        row = self.connection.execute(
            "SELECT checkpoint FROM gnkmigrate.step "
            "WHERE phase = %s AND direction = %s AND name = %s",
            (self.phase, self.direction, self.step),
        ).fetchone()
        return row[0] if row else None

    def save_checkpoint(self, value: Any, rows: int) -> None:
        """Keeps a place and counts the rows, in the transaction of the batch that reached it."""
        self.connection.execute(
            "UPDATE gnkmigrate.step SET checkpoint = %s, rows = rows + %s "
            "WHERE phase = %s AND direction = %s AND name = %s",
            (Jsonb(value), rows, self.phase, self.direction, self.step),
        )
        self.connection.execute(
            "UPDATE gnkmigrate.run SET rows = run.rows + %s FROM gnkmigrate.step"
            " WHERE step.run = run.number AND step.phase = %s AND step.direction = %s"
            " AND step.name = %s",
            (rows, self.phase, self.direction, self.step),
        )


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
