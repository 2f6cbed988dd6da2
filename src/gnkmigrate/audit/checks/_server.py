"""Questions to the server: the .sql file beside a check, asked about the project's schemas."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg import sql
from psycopg.rows import namedtuple_row

from gnkmigrate.audit.check import CannotRun, Question
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.describe import relation_of
from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.facts.fact import Fact
from gnkmigrate.postgres.connection import Connection

# How many names a finding lists; the rest is counted.
LISTED = 50
FEW = 3  # names in a reason

TABLES_AT_ONCE = 200


def answers(connection: Connection, question: Question, name: str, **parameters: Any) -> list[Any]:
    """The rows of NAME.sql, each a named tuple; %(schemas)s are the project's schemas.

    Raises:
        psycopg.Error: the server refuses.
    """
    given = {"schemas": schemas(question), **parameters}
    with (
        connection.transaction(force_rollback=True),  # gives locks back (see union)
        connection.cursor(row_factory=namedtuple_row) as cursor,
    ):
        return cursor.execute(beside(name).encode(), given).fetchall()


def answer(connection: Connection, question: Question, name: str, **parameters: Any) -> Any:
    """The one row of NAME.sql."""
    (row,) = answers(connection, question, name, **parameters)
    return row


def union(connection: Connection, parts: Sequence[sql.Composed]) -> Iterator[tuple[Any, ...]]:
    """The rows of many SELECTs about a table each, a few hundred in one statement.

    A transaction keeps a lock for each table that it has read, and the server has room for some
    thousands; rolling back to a savepoint gives them back (manual, 13.3.1).
    """
    for start in range(0, len(parts), TABLES_AT_ONCE):
        statement = sql.SQL("\nUNION ALL\n").join(parts[start : start + TABLES_AT_ONCE])
        with connection.transaction(force_rollback=True):
            rows = connection.execute(statement).fetchall()
        yield from rows


def schemas(question: Question) -> list[str]:
    """The project's schemas."""
    return [fact.identity.name for fact in question.live.of_kind("schema")]


def is_own(question: Question, schema: str, relation: str) -> bool:
    """Whether a table or view is the project's, and not an extension's or ignored."""
    return relation_of(question.live, schema, relation) is not None


def table(schema: str, name: str) -> DatabaseObject:
    """A table, as findings are about it."""
    return DatabaseObject(schema, name, "", "table")


def listed(names: Iterable[str]) -> list[str]:
    """Names for a finding's evidence; beyond a number of them, how many more there are."""
    every = list(names)
    more = len(every) - LISTED
    return [*every[:LISTED], f"and {more:,} more"] if more > 0 else every


def some(names: Sequence[str]) -> str:
    """Names for a reason: the first few of them, and how many more."""
    more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more}"


def require_statistics(
    connection: Connection,
    question: Question,
    tables: Iterable[Fact],
    *,
    size: int,
    hidden: int = 1,
) -> None:
    """For a check that has found nothing in statistics: it has passed only where there are some.

    Args:
        connection: the session.
        question: what the check was asked.
        tables: the tables that it looks at, or columns of them.
        size: of tables that were never analyzed, smaller ones (bytes, with indexes) do not matter.
        hidden: the same of tables that the role may not read.

    Raises:
        CannotRun: some were never analyzed, or their statistics are hidden from the role.
    """
    paths = sorted({fact.identity.path[:2] for fact in tables})
    found = answers(
        connection,
        question,
        "without_statistics",
        tables=[schema for schema, _ in paths],
        names=[name for _, name in paths],
        size=size,
        hidden=hidden,
    )
    if found:
        alike = [f"{row.schema}.{row.relation}" for row in found if row.hidden is found[0].hidden]
        names = some(alike)
        raise CannotRun(
            f"the role may not read all of {names}, whose statistics are hidden"
            if found[0].hidden
            else f"there are no statistics of {names} yet: ANALYZE collects them"
        )


def require_extension(connection: Connection, name: str) -> str:
    """The schema of an installed extension.

    Raises:
        CannotRun: it is not installed in this database.
    """
    found = connection.execute(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = %s", [name]
    ).fetchone()
    if found is None:
        raise CannotRun(f"the extension {name} is not installed in this database")
    return str(found[0])
