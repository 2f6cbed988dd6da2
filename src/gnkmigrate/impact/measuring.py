"""Runs a query as often as a measurement takes, and reads its plan (manual, EXPLAIN)."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from gnkmigrate.connection import Connection
from gnkmigrate.impact.outcome import Measured
from gnkmigrate.impact.query import Text
from gnkmigrate.run.template import render
from gnkmigrate.text.redaction import redact

WARM_UPS = 3
TIMED = 5
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


class NotMeasured(Exception):
    """A query does not run in a shape; the message has what PostgreSQL said."""


def measure(session: Connection, text: Text, timeout_s: float) -> Measured:
    """A query's plan and its times, in a transaction that is read-only and rolled back.

    Args:
        session: in autocommit; its search_path is the project's.
        text: the query.
        timeout_s: how long one run may take.

    Raises:
        NotMeasured: it fails, writes, or takes too long.
    """
    try:
        with session.transaction(force_rollback=True):
            session.execute("SET TRANSACTION READ ONLY")
            session.execute(f"SET LOCAL statement_timeout = {timeout_s * 1000:.0f}".encode())
            statement = _EXPLAIN + render(text.sql, _values(session, text.head.parameters))
            runs = [_run(session, statement) for _ in range(WARM_UPS + TIMED)]
    except psycopg.Error as error:
        raise NotMeasured(redact(_said(error))) from error
    found = runs[-1]
    top = found["Plan"]
    return Measured(
        plan=tuple(_steps(top)),
        cost=float(top["Total Cost"]),
        buffers=int(top.get("Shared Hit Blocks", 0)) + int(top.get("Shared Read Blocks", 0)),
        rows=round(float(top["Actual Rows"]) * float(top["Actual Loops"])),
        times_ms=tuple(float(run["Execution Time"]) for run in runs[WARM_UPS:]),
        indexes=frozenset(_indexes(session, top)),
        head=text.head,
    )


def _said(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error)


def _values(session: Connection, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The value of each placeholder, as text."""
    values = {}
    for name, query in parameters.items():
        row = session.execute(query.encode(), binary=True).fetchone()
        if row is None or row[0] is None:
            raise NotMeasured(f"The parameter {name} has no value here: its query gives none.")
        values[name] = str(row[0])
    return values


def _run(session: Connection, statement: str) -> Mapping[str, Any]:
    # By the extended protocol, which takes one statement alone (manual, 55.2.3).
    row = session.execute(statement.encode(), binary=True).fetchone()
    if row is None:
        raise NotMeasured("PostgreSQL gave no plan.")
    found: Mapping[str, Any] = row[0][0]
    return found


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _steps(top: Mapping[str, Any]) -> Iterator[str]:
    """What reads tables, and how rows are joined; the rest follows from the query."""
    for node in _nodes(top):
        kind, relation = node["Node Type"], node.get("Relation Name")
        if "Join" in kind or kind == "Nested Loop":
            yield kind
        elif relation and "Index Name" in node:
            yield f"{kind} of {relation} by {node['Index Name']}"
        elif "Index Name" in node:
            yield f"{kind} by {node['Index Name']}"
        elif relation:
            yield f"{kind} of {relation}"


def _indexes(session: Connection, top: Mapping[str, Any]) -> Iterator[str]:
    """The indexes of a plan, which has their names without schemas."""
    used = {str(node["Index Name"]) for node in _nodes(top) if "Index Name" in node}
    if used:
        found = session.execute(
            "SELECT nspname || '.' || relname FROM pg_class"
            " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relkind IN ('i', 'I') AND relname = ANY (%s)",
            [sorted(used)],
        )
        yield from (name for (name,) in found)
