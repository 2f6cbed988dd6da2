"""Ctrl-C in the short moments in which nobody looks after what a session has begun."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import Connection


@contextmanager
def answered(connection: Connection) -> Iterator[None]:
    """Leaves the session free for the next statement, such as ROLLBACK, when the block is cut off.

    psycopg itself cancels a statement that it waits for; one that it has only just sent would still
    be running, and every further one be refused. A transaction that it has only just begun would
    stay open, and whatever is written afterwards be lost with it.
    """
    before = connection.info.transaction_status
    try:
        yield
    except KeyboardInterrupt:
        if connection.info.transaction_status == TransactionStatus.ACTIVE:
            connection.cancel()
            while connection.pgconn.get_result() is not None:
                pass
        open_ = {TransactionStatus.INTRANS, TransactionStatus.INERROR}
        if before == TransactionStatus.IDLE and connection.info.transaction_status in open_:
            connection.pgconn.exec_(b"ROLLBACK")
        raise
