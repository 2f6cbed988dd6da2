"""Who is in the way: a second session that looks while the first one waits for a lock."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psycopg
from psycopg import conninfo
from psycopg.rows import class_row

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.pooler import server_process
from gnkmigrate.postgres.prepared_transaction import PreparedTransaction
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.text.query_text import without_values

# Nobody is asked about a wait that is over sooner.
_PATIENCE_S = 0.02
_SHOWN = 60

# pg_blocking_pids takes the lock manager's lock for a moment (manual, 9.27), so it is asked only
# while the session really waits for one.
_BLOCKERS = """
SELECT blocker.pid, blocker.usename AS user, blocker.application_name AS application,
       blocker.backend_type, blocker.state,
       round(extract(epoch FROM clock_timestamp()
             - coalesce(blocker.xact_start, blocker.backend_start)))::integer AS seconds,
       left(blocker.query, 200) AS query
FROM pg_catalog.pg_stat_activity AS waiting
CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(waiting.pid)) AS blocking (pid)
JOIN pg_catalog.pg_stat_activity AS blocker ON blocker.pid = blocking.pid
WHERE waiting.pid = %s AND waiting.wait_event_type = 'Lock'
ORDER BY seconds DESC, blocker.pid
"""


@dataclass(frozen=True)
class Blocker:
    """A session that holds, or waits before us for, a lock that we want.

    Attributes:
        seconds: age of its transaction.
        query: what it runs or ran last, cut to 200 characters, of which the constants are never
            shown: one may be a password. PostgreSQL hides it from roles without
            pg_read_all_stats.
    """

    pid: int
    user: str | None
    application: str | None
    backend_type: str | None
    state: str | None
    seconds: int | None
    query: str | None

    @property
    def is_autovacuum(self) -> bool:
        """It gives way to a waiter only after deadlock_timeout (manual, 25.1.6)."""
        return self.backend_type == "autovacuum worker"

    def __str__(self) -> str:
        who = self.user or self.backend_type or "unknown"
        program = f" ({self.application})" if self.application else ""
        query = without_values(self.query or "")
        shown = query if len(query) <= _SHOWN else f"{query[: _SHOWN - 1]}…"
        return (
            f"pid {self.pid}, {who}{program}, {self.state or 'active'}, {self.seconds} s: {shown}"
        )


class BlockerWatch:
    """Looks at one session from another; a context manager that closes the other at its end.

    Args:
        watched: the session whose waits are of interest.
    """

    def __init__(self, watched: Connection) -> None:
        given = {**watched.info.get_parameters(), "password": watched.info.password}
        self._url = DatabaseUrl(conninfo.make_conninfo("", **given))
        self._pid = server_process(watched)
        self._session: Connection | None = None
        self._seen: tuple[Blocker, ...] = ()
        self._prepared: tuple[PreparedTransaction, ...] = ()
        self._trouble = ""
        self._since: float | None = None
        self._over = threading.Event()
        self._asking = threading.Lock()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        # Now, and not in the middle of a transaction: connecting takes longer than most of them.
        with self._troubles_noted():
            self._connected()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._session is not None:
            self._session.close()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Looks from another thread while the block runs, once it takes longer than a moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        self._seen, self._prepared = (), ()
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = None
            with self._asking:  # an answer that is under way is waited for
                pass

    @property
    def seen(self) -> tuple[Blocker, ...]:
        """Those who were in the way when it was looked last, the longest transaction first."""
        return self._seen

    def described(self) -> tuple[str, ...]:
        """Who and what was in the way, a line each; or why that cannot be told."""
        if self._trouble:
            return (f"who is in the way cannot be seen: {self._trouble}",)
        return tuple(str(each) for each in (*self._seen, *self._prepared))

    def _look(self) -> None:
        while not self._trouble and not self._over.wait(_PATIENCE_S):
            with self._asking:
                since = self._since
                if since is None or time.monotonic() - since < _PATIENCE_S:
                    continue
                with self._troubles_noted():
                    self._ask()

    @contextmanager
    def _troubles_noted(self) -> Iterator[None]:
        """Who may not look can still work; those who are in the way remain unnamed."""
        try:
            yield
        except (GnkMigrateError, psycopg.Error) as error:
            self._trouble = str(error)

    def _ask(self) -> None:
        session = self._connected()
        with session.cursor(row_factory=class_row(Blocker)) as cursor:
            seen = tuple(cursor.execute(_BLOCKERS, (self._pid,)).fetchall())
        with session.cursor(row_factory=class_row(PreparedTransaction)) as cursor:
            asked = query("run.sql", "prepared_blockers")
            prepared = tuple(cursor.execute(asked, (self._pid,)).fetchall())
        if seen or prepared:
            self._seen, self._prepared = seen, prepared

    def _connected(self) -> Connection:
        if self._session is None:
            self._session = connect(self._url, read_only=True, application_name="gnkmigrate watch")
        return self._session

    def wait_until_gone(self, blocker: Blocker, seconds: float) -> None:
        """Waits, outside of any lock's queue, until a session has ended what it does.

        Args:
            blocker: the session.
            seconds: how long at most.
        """
        deadline = time.monotonic() + seconds
        is_there = (
            "SELECT FROM pg_catalog.pg_stat_activity"
            " WHERE pid = %s AND backend_type = %s AND xact_start IS NOT NULL"
        )
        while time.monotonic() < deadline:
            session = self._connected()
            if session.execute(is_there, (blocker.pid, blocker.backend_type)).fetchone() is None:
                return
            time.sleep(_PATIENCE_S)

    def terminate(self) -> None:
        """Ends the sessions seen last, as far as the role may; no prepared transaction."""
        pids = [blocker.pid for blocker in self._seen]
        self._connected().execute(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM unnest(%s::integer[]) AS pid", (pids,)
        )
