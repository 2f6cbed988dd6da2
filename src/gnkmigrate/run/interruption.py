"""Ctrl-C in the short moment in which a statement has been sent and nobody waits for its answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.pq import TransactionStatus

from gnkmigrate.connection import Connection


@contextmanager
def answered(connection: Connection) -> Iterator[None]:
    """Leaves the session free for the next statement, such as ROLLBACK, when the block is cut off.

    psycopg itself cancels a statement that it waits for; one that it has only just sent would still
    be running, and every further one be refused.
    """
    try:
        yield
    except KeyboardInterrupt:
        if connection.info.transaction_status == TransactionStatus.ACTIVE:
            connection.cancel()
            while connection.pgconn.get_result() is not None:
                pass
        raise
