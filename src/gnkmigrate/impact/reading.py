"""Whether the project's queries only read, asked before anything is copied or measured.

What a function does that a query calls is known only when it runs; measure() refuses that.
"""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import errors, sql

from gnkmigrate.audit.generic_plan import nodes
from gnkmigrate.errors import SettingsError
from gnkmigrate.impact.query import Query, Text
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.template import render

# EXPLAIN runs what makes a table of rows as well, even in a read-only transaction; no cursor is
# opened for it (gram.y, DeclareCursorStmt; analyze.c, transformSelectStmt).
_EXPLAIN = "EXPLAIN (FORMAT JSON) "
_CURSOR = "DECLARE gnkmigrate_reading CURSOR FOR "
_INTO = "SELECT ... INTO is not allowed here"

_WRITES = {"ModifyTable": "it writes", "LockRows": "it locks rows"}


def require_reading(session: Connection, queries: Sequence[Query], schemas: Sequence[str]) -> None:
    """Refuses a query that PostgreSQL cannot read, or that writes; nothing is run.

    Args:
        session: with the live database.
        queries: what is to be measured. One that is for another shape is not judged.
        schemas: where names that are not qualified are looked up.

    Raises:
        SettingsError: names the file.
    """
    texts = {text.file: text for query in queries for text in query.texts.values()}
    path = sql.SQL(", ").join(map(sql.Identifier, (*schemas, "pg_temp")))
    for text in texts.values():
        with session.transaction(force_rollback=True):
            session.execute(sql.SQL("SET LOCAL search_path = {}").format(path))
            for reason in _against(session, text):
                raise refused(text, reason)


def refused(text: Text, reason: str) -> SettingsError:
    """What is said of a query that is not one SELECT, or not only that."""
    return SettingsError(
        f"The query {text.file} cannot be measured: {reason}.",
        hint="Write one SELECT that only reads; docs/impact.md shows one.",
    )


def _against(session: Connection, text: Text) -> Iterator[str]:
    statement = render(text.sql, dict.fromkeys(text.head.parameters, ""))
    for asking in (_EXPLAIN, _CURSOR):
        try:
            with session.transaction():
                # By the extended protocol, which takes one statement alone (manual, 55.2.3).
                asked = session.execute((asking + statement).encode(), binary=True)
                row = asked.fetchone() if asking is _EXPLAIN else None
        except errors.SyntaxError as error:
            said = str(error.diag.message_primary)
            yield "it writes" if said == _INTO else said
        except psycopg.Error:
            continue  # it is for another shape, or a value is of another type
        else:
            kinds = {node["Node Type"] for node in nodes(row[0][0]["Plan"])} if row else set()
            yield from (said for kind, said in _WRITES.items() if kind in kinds)
