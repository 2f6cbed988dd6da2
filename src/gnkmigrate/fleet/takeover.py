"""A worker that takes up the work of one that died waits until PostgreSQL has noticed."""

import time

from gnkmigrate.fleet.subject import Subject
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import one_runner

_PAUSE_S = 0.2


def until_ours_is_gone(connection: Connection, subject: Subject) -> None:
    """Waits while another session of this very order holds the database's lock.

    No two workers have one database at a time, so that session's worker is gone, and PostgreSQL
    ends it as soon as the statement that it was at is over. Whoever else holds the lock is left to
    the runner, which tells of them at once.
    """
    deadline = time.monotonic() + subject.settings.limits.reconnect_s
    while time.monotonic() < deadline:
        if subject.application_name not in (one_runner.holder(connection) or ""):
            return
        time.sleep(_PAUSE_S)
