"""Runs a query as often as a measurement takes, or estimates it (manual, EXPLAIN)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors

from gnkmigrate.audit.generic_plan import generic_plan
from gnkmigrate.audit.reader import reader
from gnkmigrate.impact.outcome import Basis, Measured
from gnkmigrate.impact.plans import indexes, steps
from gnkmigrate.impact.query import Text
from gnkmigrate.impact.reading import refused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.template import render
from gnkmigrate.text.redaction import redact

WARM_UPS = 3
TIMED = 5
_LEAST_COST = 0.01  # as EXPLAIN rounds it
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
        NotMeasured: it fails, or takes too long.
        SettingsError: a function that it calls writes.
    """
    try:
        with _reading(session, timeout_s):
            statement = _EXPLAIN + _rendered(session, text)
            runs = [_run(session, statement) for _ in range(WARM_UPS + TIMED)]
    except errors.ReadOnlySqlTransaction as error:
        raise refused(text, _said(error)) from error
    found = runs[-1]
    top = found["Plan"]
    return Measured(
        plan=tuple(steps(top)),
        cost=float(top["Total Cost"]),
        buffers=int(top.get("Shared Hit Blocks", 0)) + int(top.get("Shared Read Blocks", 0)),
        rows=round(float(top["Actual Rows"]) * float(top["Actual Loops"])),
        times_ms=tuple(float(run["Execution Time"]) for run in runs[WARM_UPS:]),
        indexes=frozenset(indexes(session, top)),
        head=text.head,
    )


def estimate(
    session: Connection,
    text: Text,
    timeout_s: float,
    known: Measured | None = None,
    hypothetical: Mapping[str, str] | None = None,
) -> Measured:
    """What a query that is not run costs, by the planner, against what it is known to take.

    Args:
        session: in autocommit; its search_path is the project's.
        text: the query; without a file, a statement whose values are not known.
        timeout_s: how long planning may take.
        known: the same query before; None where it takes what the text says.
        hypothetical: names of indexes that do not exist (impact/hypothetical.py), by what hypopg
            calls them.

    Raises:
        NotMeasured: it cannot be planned.
    """
    names = hypothetical or {}
    with _reading(session, timeout_s):
        if text.mean_ms is None:
            plan = _run(session, "EXPLAIN (FORMAT JSON) " + _rendered(session, text))["Plan"]
        else:
            plan = generic_plan(session, text.sql, reader(session, None))
    cost, took = float(plan["Total Cost"]), text.mean_ms or 0.0
    if known is not None:
        took = known.median_ms * max(cost, _LEAST_COST) / max(known.cost, _LEAST_COST)
    basis: Basis = "hypothetical" if hypothetical is not None else "statistics"
    return Measured(
        plan=tuple(steps(plan, names)),
        cost=cost,
        buffers=None,
        rows=known.rows if known else int(plan["Plan Rows"]),
        times_ms=(took,),
        indexes=frozenset(indexes(session, plan, names)),
        head=text.head,
        basis=basis,
    )


@contextmanager
def _reading(session: Connection, timeout_s: float) -> Iterator[None]:
    """A transaction that is read-only and rolled back.

    Raises:
        NotMeasured: whatever PostgreSQL says against what is done in it.
    """
    try:
        with session.transaction(force_rollback=True):
            session.execute("SET TRANSACTION READ ONLY")
            session.execute(f"SET LOCAL statement_timeout = {timeout_s * 1000:.0f}".encode())
            yield
    except errors.ReadOnlySqlTransaction:
        raise
    except psycopg.Error as error:
        raise NotMeasured(redact(_said(error))) from error


def _rendered(session: Connection, text: Text) -> str:
    return render(text.sql, _values(session, text.head.parameters))


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
