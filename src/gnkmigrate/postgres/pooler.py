"""Connection poolers: told from the server itself, and which of them keep a session together.

A pooler answers in the server's stead and makes up a process number for the cancel requests that
it relays. One that pools by session is as good as none. One that pools by transaction (PgBouncer's
pool_mode = transaction or statement) lends the same few sessions to everybody: our settings would
stay behind in the application's sessions, and the lock of the one runner would mean nothing.
"""

from collections.abc import Callable
from typing import Any

import psycopg

_ROUNDS = 5


def server_process(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """The number of the server's process at the other end; behind a pooler libpq's is another."""
    # A prepared statement would not be there any more, once the session is another.
    row = connection.execute("SELECT pg_catalog.pg_backend_pid()", prepare=False).fetchone()
    if row is None:
        raise TypeError("SELECT gives a row")
    return int(row[0])


def is_pooled(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether a pooler stands between here and the server."""
    return server_process(connection) != connection.info.backend_pid


def is_shared(
    connection: psycopg.Connection[tuple[Any, ...]],
    open_another: Callable[[], psycopg.Connection[tuple[Any, ...]]],
) -> bool:
    """Whether a pooler lends the connection's session to others between two transactions.

    Changes nothing in any session. A second connection is asked in between. By session, each keeps
    a process of its own. By transaction, a pool gives the session that was used last, which then
    is the same for both, or one after the other, so that one who asks twice meets two.

    Args:
        connection: a connection in autocommit.
        open_another: makes another to the same address.
    """
    if not is_pooled(connection):
        return False
    ours, others = set[int](), set[int]()
    with open_another() as other:
        for _ in range(_ROUNDS):
            ours |= {server_process(connection), server_process(connection)}
            others |= {server_process(other), server_process(other)}
    return len(ours) > 1 or len(others) > 1 or ours == others
