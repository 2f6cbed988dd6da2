"""A database as it was at one moment, to which it can be set back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg import conninfo, sql

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server


@contextmanager
def set_back(server: Server, url: DatabaseUrl, disconnect: Callable[[], None]) -> Iterator[None]:
    """Whatever is done to a database in the block is undone by its end, sequences included.

    Args:
        server: a throwaway one.
        url: a database of it, which keeps its name.
        disconnect: ends our own sessions with the database, since none may be there meanwhile.
    """
    disconnect()
    copied = server.create_database(template=_name(url))
    try:
        yield
    finally:
        disconnect()
        server.drop_database(url)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        names = (sql.Identifier(_name(copied)), sql.Identifier(_name(url)))
        with connect(server.url) as session:
            session.execute(rename.format(*names))


def _name(url: DatabaseUrl) -> str:
    return str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
