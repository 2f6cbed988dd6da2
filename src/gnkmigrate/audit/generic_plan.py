"""How PostgreSQL would run a statement whose values nobody knows, as pg_stat_statements keeps it.

It is prepared and explained with a generic plan, and never run (PostgreSQL manual, PREPARE).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gnkmigrate.audit.reader import take
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

_EXPLAIN = "EXPLAIN (FORMAT JSON, VERBOSE) EXECUTE gnkmigrate_statement"


def generic_plan(connection: Connection, statement: str, role: str | None) -> Mapping[str, Any]:
    """The generic plan of a statement, as EXPLAIN (FORMAT JSON, VERBOSE) gives it.

    It goes by the extended protocol, which takes one statement alone, and is undone with its
    savepoint where it fails (a table that is gone, another search_path).

    Args:
        connection: in a transaction.
        statement: one SELECT, INSERT, UPDATE, DELETE or MERGE with $1, $2 for its values.
        role: with whose rights; None for the session's own.

    Raises:
        psycopg.Error: it cannot be planned here.
    """
    with connection.transaction(), _as(connection, role):
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        prepare = f"PREPARE gnkmigrate_statement AS {statement}"
        connection.execute(prepare.encode(), binary=True)
        try:
            with connection.transaction():  # so that what fails can be forgotten as well
                count = connection.execute(query("audit", "generic_plan")).fetchone()
                nulls = ", ".join(["NULL"] * (count[0] if count else 0))
                arguments = f"({nulls})" if nulls else ""
                row = connection.execute(f"{_EXPLAIN}{arguments}".encode()).fetchone()
        finally:
            connection.execute("DEALLOCATE gnkmigrate_statement")
    plan: Mapping[str, Any] = row[0][0]["Plan"] if row else {}
    return plan


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A plan's nodes, from the top down."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@contextmanager
def _as(connection: Connection, role: str | None) -> Iterator[None]:
    """With the rights of a role, until the block ends; an error ends them with its savepoint."""
    take(connection, role)
    yield
    if role is not None:
        connection.execute("RESET ROLE")
