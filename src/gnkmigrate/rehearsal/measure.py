"""What a phase costs those who share the database with it: locks, rewritten tables, room, log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query

# By strength: PostgreSQL manual, 13.3.1.
STRENGTH = (
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
STOPS_WRITERS = frozenset(STRENGTH[3:])


@dataclass(frozen=True)
class Lock:
    """A lock that a phase took on a table or view, at its strongest.

    Attributes:
        relation: "schema.name"; those of gnkmigrate's own are left out.
        mode: as pg_locks calls it; a reader's AccessShareLock is left out.
        longest: seconds for which it was held at most, in one transaction.
    """

    relation: str
    mode: str
    longest: float


@dataclass(frozen=True)
class Cost:
    """What a phase cost.

    Attributes:
        locks: taken in transactions, by relation. CREATE INDEX CONCURRENTLY and other statements
            that refuse a transaction are not seen.
        rewritten: tables whose rows were written to a new file, "schema.name"; new tables are none.
        grown: bytes by which the database grew; negative where it shrank.
        wal: bytes of write-ahead log, of the whole server.
    """

    locks: tuple[Lock, ...] = ()
    rewritten: tuple[str, ...] = ()
    grown: int = 0
    wal: int = 0


class WatchedSession(psycopg.Connection[tuple[Any, ...]]):
    """A session whose locks another session looks at after every statement in a transaction.

    The other one looks, so that nothing is added to the transaction itself.
    """

    _watcher: Connection | None = None

    @contextmanager
    def watched(self, watcher: Connection) -> Iterator[list[Lock]]:
        """Keeps an account of the locks that are taken during the block.

        Args:
            watcher: a session with the same server, in autocommit.

        Returns:
            What is filled: a lock for each time that one was held.
        """
        self._watcher, self._account = watcher, list[Lock]()
        self._held: dict[tuple[str, str], float] = {}
        try:
            yield self._account
        finally:
            self._watcher = None

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        """Runs a statement, and looks which locks it has left."""
        began = time.monotonic()
        cursor = super().execute(query, *arguments, **options)
        if self.info.transaction_status == TransactionStatus.INTRANS:
            self._look(began)
        return cursor

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """A transaction, whose locks are given back at its end."""
        is_outermost = self.info.transaction_status == TransactionStatus.IDLE
        try:
            with super().transaction(savepoint_name, force_rollback) as transaction:
                yield transaction
        finally:
            if is_outermost and self._watcher is not None:
                self._release()

    def _look(self, began: float) -> None:
        if self._watcher is None:
            return
        pid = {"pid": self.info.backend_pid}
        for relation, mode in self._watcher.execute(
            query("rehearsal.sql", "locks"), pid
        ).fetchall():
            self._held.setdefault((str(relation), str(mode)), began)

    def _release(self) -> None:
        now = time.monotonic()
        self._account += [
            Lock(relation, mode, now - since) for (relation, mode), since in self._held.items()
        ]
        self._held.clear()


@contextmanager
def measured(session: WatchedSession) -> Iterator["Measurement"]:
    """Measures what is done in a session during the block."""
    with (
        connect(DatabaseUrl.of(session)) as watcher,
        session.watched(watcher) as account,
    ):
        measurement = Measurement(watcher, account, _State.of(watcher))
        yield measurement


@dataclass(frozen=True)
class _State:
    """What there is to compare: each table's name and file, by oid, and sizes."""

    files: dict[int, tuple[str, int]]
    size: int
    wal: int

    @classmethod
    def of(cls, watcher: Connection) -> "_State":
        files = {
            oid: (name, file)
            for oid, name, file in watcher.execute(query("rehearsal.sql", "storage"))
        }
        ((size, wal),) = watcher.execute(
            "SELECT pg_database_size(current_database()),"
            " pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
        ).fetchall()
        return cls(files, int(size), int(wal))


@dataclass(frozen=True)
class Measurement:
    """One that has begun."""

    watcher: Connection
    account: list[Lock]
    before: _State

    def cost(self) -> Cost:
        """What it has come to, asked before the block ends."""
        now = _State.of(self.watcher)
        before = self.before.files
        rewritten = [
            name
            for oid, (name, file) in now.files.items()
            if oid in before and before[oid][1] != file
        ]
        return Cost(
            locks=_strongest(self.account),
            rewritten=tuple(sorted(rewritten)),
            grown=now.size - self.before.size,
            wal=now.wal - self.before.wal,
        )


def _strongest(account: list[Lock]) -> tuple[Lock, ...]:
    """Of each relation the strongest lock, for the longest time that it was held."""
    found: dict[str, Lock] = {}
    for lock in account:
        known = found.get(lock.relation)
        if known is None or _rank(lock) > _rank(known):
            found[lock.relation] = lock
    return tuple(found[relation] for relation in sorted(found))


def _rank(lock: Lock) -> tuple[int, float]:
    return STRENGTH.index(lock.mode), lock.longest
