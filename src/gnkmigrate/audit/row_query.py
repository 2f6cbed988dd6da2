"""A listing query asked of the live rows: how many there are, and a few of their keys.

Every question is one short read-only transaction with timeouts, so that the audit never waits
for somebody's lock for long, and never holds anybody up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, LiteralString

from psycopg import Cursor, errors, sql

from gnkmigrate.audit.code_of_others import require_none
from gnkmigrate.audit.reader import take
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.text.secret import looks_secret

EXAMPLES = 10

_COUNT = sql.SQL("SELECT count(*) FROM (\n{listing}\n) AS found")
_SOME = sql.SQL("SELECT * FROM (\n{listing}\n) AS found ORDER BY 1 LIMIT {limit}")
_ANY = sql.SQL("SELECT * FROM (\n{listing}\n) AS found LIMIT {limit}")

# Errors whose message quotes what a row holds.
_OF_A_VALUE = (
    errors.InvalidTextRepresentation,
    errors.InvalidDatetimeFormat,
    errors.DatetimeFieldOverflow,
    errors.NumericValueOutOfRange,
)


@dataclass(frozen=True)
class Bounds:
    """How long one question of the audit may take.

    Attributes:
        statement_timeout_ms: until PostgreSQL cancels it.
        lock_timeout_ms: until it gives way to whoever holds a lock.
        sample: of tables that have more rows than this, about so many are looked at; None for
            all.
        avoided: names of relations that are not read, and of types that no value is made one of,
            with what of others would run otherwise.
        calls: what no expression is to call, as "schema.name", with what it is.
    """

    statement_timeout_ms: int = 30_000
    lock_timeout_ms: int = 500
    sample: int | None = None
    avoided: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)

    def require_trusted(self, text: str) -> None:
        """Stops a query that names what is to be avoided, or calls what is not to be called.

        Raises:
            CodeOfOthers: it does.
        """
        require_none(text, self.avoided, self.calls)


@dataclass(frozen=True)
class Listed:
    """What a listing returned.

    Attributes:
        count: how many rows.
        examples: up to ten of them, the key first; without columns that look like secrets.
        complete: whether they have all been counted; else there are at least so many.
    """

    count: int
    examples: tuple[str, ...]
    complete: bool = True


_BOUNDED: LiteralString = """
SET TRANSACTION READ ONLY;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL statement_timeout = {};
SET LOCAL lock_timeout = {}
"""


@contextmanager
def bounded(connection: Connection, bounds: Bounds, role: str | None = None) -> Iterator[None]:
    """A read-only transaction that gives up when a question takes too long.

    Names without a schema are PostgreSQL's own there: what anybody has planted is not found.

    Args:
        connection: the session.
        bounds: how long that is.
        role: with whose rights to ask; None for the session's own.
    """
    with connection.transaction():
        given = (bounds.statement_timeout_ms, bounds.lock_timeout_ms)
        # At once: a server may be far away. Several commands cannot be prepared.
        connection.execute(sql.SQL(_BOUNDED).format(*map(sql.Literal, given)), prepare=False)
        take(connection, role)
        yield


def ask(connection: Connection, listing: str, bounds: Bounds, role: str | None = None) -> Listed:
    """Counts what a listing finds and takes its first rows in the order of the key.

    Where counting takes too long, whatever rows come first prove that there are some. It is
    prepared, and so by PostgreSQL's own rule one statement alone (manual, 55.2.3).

    Args:
        connection: the session.
        listing: one SELECT.
        bounds: how long it may take.
        role: with whose rights to ask; None for the session's own.

    Raises:
        psycopg.Error: it could not be asked; `reason` says why in words.
    """
    bounds.require_trusted(listing)
    inner = sql.SQL(listing)
    try:
        with bounded(connection, bounds, role):
            counted = connection.execute(_COUNT.format(listing=inner), prepare=True).fetchone()
            count = int(counted[0]) if counted else 0
            return Listed(count, _examples(connection, _SOME, inner) if count else ())
    except errors.QueryCanceled:
        with bounded(connection, bounds, role):
            some = _examples(connection, _ANY, inner)
        if not some:
            raise
        return Listed(len(some), some, complete=False)


def ask_number(connection: Connection, query: str, bounds: Bounds) -> int:
    """The one number that a query returns.

    Raises:
        psycopg.Error: it could not be asked.
    """
    bounds.require_trusted(query)
    with bounded(connection, bounds):
        row = connection.execute(sql.SQL(query)).fetchone()
    return int(row[0]) if row else 0


def _examples(connection: Connection, query: sql.SQL, listing: sql.SQL) -> tuple[str, ...]:
    limited = query.format(listing=listing, limit=sql.Literal(EXAMPLES))
    cursor = connection.execute(limited, prepare=True)
    names = [column.name for column in cursor.description or ()]
    return tuple(_example(names, row) for row in _texts(cursor))


def _texts(cursor: Cursor[Any]) -> Iterator[tuple[str | None, ...]]:
    """The rows as PostgreSQL prints them: Python's times know no infinity and no year 10000."""
    result = cursor.pgresult
    if result is None:
        return
    for row in range(result.ntuples):
        values = (result.get_value(row, column) for column in range(result.nfields))
        yield tuple(None if value is None else value.decode() for value in values)


def _example(names: list[str], row: tuple[str | None, ...]) -> str:
    """A row as its key, and what the listing says about it in brackets."""
    about = [
        f"{name} {value}"
        for name, value in list(zip(names, row, strict=True))[1:]
        if value is not None and not looks_secret(name)
    ]
    return f"{row[0]} ({', '.join(about)})" if about else str(row[0])


def told(message: Callable[[int], str], listed: Listed) -> str:
    """The sentence about what was listed."""
    sentence = message(listed.count)
    if listed.complete:
        return sentence
    return f"At least: {sentence[0].lower()}{sentence[1:]}"


def evidence(listed: Listed, listing: str, *, hidden: bool = False) -> dict[str, object]:
    """How many rows were listed, some of their keys, and the query that lists them all."""
    examples = ["not shown: the key looks like a secret"] if hidden else list(listed.examples)
    number = listed.count if listed.complete else f"at least {listed.count}"
    return {"rows": number, "examples": examples, "query": listing}


def reason(error: Exception) -> str:
    """Why a check could not run, for people."""
    if isinstance(error, errors.QueryCanceled):
        return "it took too long and was stopped (statement_timeout)"
    if isinstance(error, errors.LockNotAvailable):
        return "somebody holds a lock on the table (lock_timeout)"
    if isinstance(error, _OF_A_VALUE):
        # The server's message repeats the value, which is nobody's business.
        return f"a value stopped the question ({type(error).__name__}, SQLSTATE {error.sqlstate})"
    if isinstance(error, errors.Error):
        return error.diag.message_primary or str(error).strip()
    return str(error)
