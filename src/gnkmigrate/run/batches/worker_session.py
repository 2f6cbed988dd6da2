"""Further sessions beside the one that runs a phase, with the same settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import events
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.work import Work

# Whatever the first session has set; a transaction's own settings are not among the session's.
_SETTINGS = """
SELECT array_agg(name), array_agg(setting)
FROM pg_catalog.pg_settings
WHERE source = 'session'
  AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
"""


@contextmanager
def worker_session(work: Work, observe: events.Observer) -> Iterator[Work]:
    """Another session with the same database, whose settings are those of `work`.

    Args:
        work: the session of the run, which is in no transaction.
        observe: told of the worker session's events, in the thread that uses it.

    Raises:
        ConnectionFailed: the server has no connection left.
    """
    url = DatabaseUrl.of(work.connection)
    with connect(url, application_name="gnkmigrate worker") as connection:
        names, values = work.connection.execute(_SETTINGS).fetchall()[0]
        connection.execute(
            "SELECT pg_catalog.set_config(name, value, false)"
            " FROM unnest(%s::text[], %s::text[]) AS wanted (name, value)",
            (names, values),
        )
        connection.cursor_factory = work.connection.cursor_factory  # who looks there, looks here
        with BlockerWatch(connection) as watch:
            yield replace(work, connection=connection, watch=watch, observe=observe)
