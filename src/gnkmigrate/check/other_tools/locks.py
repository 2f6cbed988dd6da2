"""Which locks a program's sessions hold, and since when, as another session sees it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gnkmigrate.check.other_tools.measured import Held
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.rehearsal.measure import STRENGTH

# How often a statement is looked at that runs in no transaction: its locks go with it.
_EVERY_S = 0.003


class Account:
    """The locks of all sessions that go through a door, and what was refused last."""

    def __init__(self, url: DatabaseUrl) -> None:
        self.locks: list[Held] = []
        self.refused: tuple[str, str] | None = None  # the message, and the statement
        self._url, self._lock = url, threading.Lock()
        self._watcher: Connection | None = None
        self._statements: dict[int, tuple[str, float]] = {}
        self._held: dict[tuple[int, str, str], tuple[float, str]] = {}
        self._within: set[int] = set()
        self._alone: set[int] = set()

    def began(self, pid: int, statement: str) -> None:
        with self._lock:
            self._statements[pid] = (statement, time.monotonic())
            if pid not in self._within:
                self._alone.add(pid)

    def failed(self, pid: int, message: str) -> None:
        with self._lock:
            self.refused = (message, self._statements.get(pid, ("", 0.0))[0])

    def ready(self, pid: int, *, in_transaction: bool) -> None:
        with self._lock:
            self._alone.discard(pid)
            if in_transaction:
                self._within.add(pid)
                self._look(pid)
            else:
                self._release(pid)

    def ended(self, pid: int) -> None:
        with self._lock:
            self._alone.discard(pid)
            self._release(pid)

    def look_at_those_alone(self) -> None:
        """At statements that run in no transaction now."""
        with self._lock:
            for pid in self._alone:
                self._look(pid)

    def disconnect(self) -> None:
        """Ends its session, until there is something to look at again."""
        with self._lock:
            if self._watcher is not None:
                self._watcher.close()
            self._watcher = None

    def _look(self, pid: int) -> None:
        if pid not in self._statements:
            return
        statement, began = self._statements[pid]
        if self._watcher is None:
            self._watcher = connect(self._url, application_name="gnkmigrate watcher")
        for relation, mode in self._watcher.execute(query("rehearsal.sql", "locks"), {"pid": pid}):
            self._held.setdefault((pid, relation, mode), (began, statement))

    def _release(self, pid: int) -> None:
        self._within.discard(pid)
        now = time.monotonic()
        for key in [key for key in self._held if key[0] == pid]:
            began, statement = self._held.pop(key)
            self.locks.append(Held(key[1], key[2], now - began, statement))


@contextmanager
def watched(url: DatabaseUrl) -> Iterator[Account]:
    """An account for sessions with a database, for as long as the block lasts."""
    over = threading.Event()
    account = Account(url)

    def look() -> None:
        while not over.wait(_EVERY_S):
            account.look_at_those_alone()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield account
    finally:
        over.set()
        thread.join()
        account.disconnect()


def strongest(locks: list[Held]) -> tuple[Held, ...]:
    """Of each relation the strongest lock, for the longest time that it was held."""
    found: dict[str, Held] = {}
    for lock in locks:
        known = found.get(lock.relation)
        if known is None or _rank(lock) > _rank(known):
            found[lock.relation] = lock
    return tuple(sorted(found.values(), key=_rank, reverse=True))


def _rank(lock: Held) -> tuple[int, float]:
    return STRENGTH.index(lock.mode), lock.seconds
