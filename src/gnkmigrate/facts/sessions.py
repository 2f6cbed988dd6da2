"""Queries of one moment, run by several sessions at once where a catalog is large.

PostgreSQL gives the moment of one transaction to others (manual, 9.28.5, pg_export_snapshot).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from queue import SimpleQueue
from typing import Any, LiteralString

import psycopg
from psycopg import ClientCursor, conninfo, errors, pq, sql
from psycopg.adapt import Transformer

from gnkmigrate.errors import ConnectionFailed
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect

_SESSIONS = 2
# pg_get_indexdef and its like qualify every name that the path does not find. Parallel workers and
# compiled queries take longer to start than they save: the sessions work side by side already.
FOR_CATALOGS: LiteralString = """
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
"""
_MOMENT = "SELECT pg_export_snapshot(), current_setting('lock_timeout')"


@dataclass(frozen=True)
class Query:
    """One query and what it is given.

    Attributes:
        text: SQL with psycopg's placeholders.
        parameters: their values.
    """

    text: LiteralString
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Table:
    """What a query returned.

    Attributes:
        fields: the names of its columns.
        load: makes its rows of what has come; without the session, which may have ended.
    """

    fields: tuple[str, ...]
    load: Callable[[], Sequence[tuple[Any, ...]]]

    @cached_property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """All of its rows: not everybody looks at each table."""
        return self.load()


def run(connection: Connection, query: Query) -> Table:
    """Runs one query in a session."""
    with psycopg.Cursor(connection) as cursor:
        return _table(cursor.execute(query.text, query.parameters, prepare=False))


def _table(cursor: psycopg.Cursor[tuple[Any, ...]]) -> Table:
    rows = cursor.fetchall()
    return Table(tuple(column.name for column in cursor.description or ()), lambda: rows)


@contextmanager
def answers(
    connection: Connection, queries: Mapping[str, Query], *, several: bool
) -> Iterator[Mapping[str, Table]]:
    """What `queries` return, which see what `connection`'s transaction sees.

    Whoever looks one up waits for it alone, while the servers go on with the others; all have been
    answered when the block ends.

    Args:
        connection: a session inside a REPEATABLE READ transaction.
        queries: by name, those first that are looked at first.
        several: whether to open more sessions; where none can be had, one does it all.
    """
    with ExitStack() as stack:
        others = list(_joined(connection, stack)) if several else []
        if others:
            tables = _Awaited(_side_by_side((connection, *others), queries, stack))
        else:
            tables = _Awaited(_one_after_the_other(connection, queries, stack))
        yield tables
        for name in tables:
            tables[name]


class _Awaited(Mapping[str, Table]):
    """Tables that come when they are asked for."""

    def __init__(self, coming: Mapping[str, Callable[[], Table]]) -> None:
        self._coming = coming
        self._come: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._come:
            self._come[name] = self._coming[name]()
        return self._come[name]

    def __contains__(self, name: object) -> bool:
        return name in self._coming  # without waiting for it, as Mapping would

    def __iter__(self) -> Iterator[str]:
        return iter(self._coming)

    def __len__(self) -> int:
        return len(self._coming)


def _side_by_side(
    sessions: Sequence[Connection], queries: Mapping[str, Query], stack: ExitStack
) -> Mapping[str, Callable[[], Table]]:
    """Each session takes the next query whenever it is free.

    libpq waits in threads that hold no lock of Python's, and rows are made for who looks at them:
    so neither waits for the other.
    """
    idle: SimpleQueue[Connection] = SimpleQueue()
    for session in sessions:
        idle.put(session)

    def ask(text: bytes) -> tuple[Connection, pq.abc.PGresult]:
        session = idle.get()
        try:
            return session, session.pgconn.exec_(text)
        finally:
            idle.put(session)

    pool = stack.enter_context(ThreadPoolExecutor(len(sessions)))
    stack.callback(pool.shutdown, cancel_futures=True)  # what nobody waits for any more
    written = ClientCursor(sessions[0])
    coming = {
        name: pool.submit(ask, written.mogrify(query.text, query.parameters).encode())
        for name, query in queries.items()
    }
    return {name: partial(_awaited, answer) for name, answer in coming.items()}


def _awaited(answer: Future[tuple[Connection, pq.abc.PGresult]]) -> Table:
    return _rows(*answer.result())


def _rows(session: Connection, result: pq.abc.PGresult) -> Table:
    """What libpq has returned, with the values that a cursor would make of it.

    Raises:
        psycopg.Error: it is an error.
    """
    encoding = session.info.encoding
    if result.status != pq.ExecStatus.TUPLES_OK:
        error = errors.error_from_result(result, encoding)
        raise psycopg.OperationalError(str(error)) if session.closed else error
    loader = Transformer(session)
    loader.set_pgresult(result)
    names = [result.fname(number) or b"" for number in range(result.nfields)]

    def load() -> Sequence[tuple[Any, ...]]:
        rows = loader.load_rows(0, result.ntuples, tuple)
        result.clear()  # it is as large as the rows
        return rows

    return Table(tuple(name.decode(encoding) for name in names), load)


def _one_after_the_other(
    connection: Connection, queries: Mapping[str, Query], stack: ExitStack
) -> Mapping[str, Callable[[], Table]]:
    """One session, which does not wait for us in between (libpq's pipeline mode)."""
    stack.enter_context(connection.pipeline())
    cursors = {
        name: stack.enter_context(psycopg.Cursor(connection)).execute(
            each.text, each.parameters, prepare=False
        )
        for name, each in queries.items()
    }
    return {name: partial(_table, cursor) for name, cursor in cursors.items()}


def _joined(connection: Connection, stack: ExitStack) -> Iterator[Connection]:
    """More sessions at the same moment, with the same search path."""
    moment, patience = connection.execute(_MOMENT).fetchone() or ("", "0")
    parameters = {**connection.info.get_parameters(), "password": connection.info.password}
    url = DatabaseUrl(conninfo.make_conninfo(**{key: value for key, value in parameters.items()
                                                if value}))  # fmt: skip
    for _ in range(_SESSIONS - 1):
        try:
            yield stack.enter_context(_at(url, moment, patience))
        except ConnectionFailed:
            return  # no more sessions are allowed: those that are there do the work


@contextmanager
def _at(url: DatabaseUrl, moment: str, patience: str) -> Iterator[Connection]:
    with connect(url, read_only=True) as session, session.transaction(force_rollback=True):
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        session.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(moment))
        session.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(patience))
        session.execute(FOR_CATALOGS)
        yield session
