"""One runner at a time: a session-level advisory lock, polled and never waited in."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gnkmigrate.errors import RunnerBusy
from gnkmigrate.postgres.connection import Connection

# A bigint that nobody else is likely to have chosen.
KEY = int.from_bytes(hashlib.sha256(b"gnkmigrate").digest()[:8], signed=True)

_HOLDER = """
SELECT format('pid %%s, user %%s, %%s, from %%s, since %%s', activity.pid, activity.usename,
              activity.application_name, coalesce(host(activity.client_addr), 'this host'),
              date_trunc('second', activity.backend_start))
FROM pg_catalog.pg_locks AS held
JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
  AND (held.classid::bigint << 32) | held.objid::bigint = %s
  AND held.pid <> pg_catalog.pg_backend_pid()
  AND held.database = (SELECT oid FROM pg_catalog.pg_database
                       WHERE datname = pg_catalog.current_database())
"""


def holder(connection: Connection) -> str | None:
    """Who else is migrating this database, in words; None when nobody is."""
    row = connection.execute(_HOLDER, (KEY,)).fetchone()
    return str(row[0]) if row else None


def wait_for_others(connection: Connection, wait_s: float, tell: Callable[[str], None]) -> None:
    """Waits while somebody else is migrating this database, and no longer than that.

    Args:
        connection: any session with the database, in autocommit.
        wait_s: seconds to wait at most.
        tell: told once who it is.

    Raises:
        RunnerBusy: they are still at it.
    """
    deadline = time.monotonic() + wait_s
    told = False
    while found := holder(connection):
        if time.monotonic() >= deadline:
            raise _busy(found)
        if not told:
            tell(found)
            told = True
        time.sleep(0.1)


def _busy(found: str | None) -> RunnerBusy:
    return RunnerBusy(
        "Another gnkmigrate works on this database.",
        details=[found or "it has just finished"],
        hint="Wait for it, or have --wait do so; gnkmigrate status shows how far it is.",
    )


@contextmanager
def hold(connection: Connection, *, wait_s: float = 0) -> Iterator[None]:
    """Holds the lock of this database's one runner.

    The session must be in autocommit: a lock that waits inside a transaction would block another
    runner's CREATE INDEX CONCURRENTLY, which waits for that transaction.

    Args:
        connection: the session that does the work, so that lock and work end together.
        wait_s: seconds to go on asking.

    Raises:
        RunnerBusy: somebody else holds it; the message says who.
    """
    deadline = time.monotonic() + wait_s
    while not _try(connection):
        if time.monotonic() >= deadline:
            raise _busy(holder(connection))
        time.sleep(0.1)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (KEY,))


def _try(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (KEY,)).fetchone()
    return bool(row and row[0])
