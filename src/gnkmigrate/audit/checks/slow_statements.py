"""Statements that take long again and again.

The extension pg_stat_statements knows them. A statement counts that has been run at least five
times and takes half a second or more on average; the ten that have taken most time in all are
shown, with constants replaced by the extension. Others than SELECT, INSERT, UPDATE, DELETE and
MERGE are shown without their text, for it may hold a password.

Sources: PostgreSQL manual, F.32 (pg_stat_statements).
"""

from collections.abc import Iterator
from typing import Any

from psycopg import sql
from psycopg.rows import namedtuple_row

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._server import require_extension
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

CALLS = 5
MEAN_MS = 500
STATEMENTS = 10


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    del question
    schema = require_extension(connection, "pg_stat_statements")
    view = sql.SQL("{}.pg_stat_statements").format(sql.SQL(schema))
    query = sql.SQL(beside("slow_statements")).format(
        view=view,
        calls=sql.Literal(CALLS),
        mean=sql.Literal(MEAN_MS),
        statements=sql.Literal(STATEMENTS),
    )
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(query).fetchall()
        for row in rows:
            yield Observation(
                DatabaseObject(),
                f"A statement takes {row.mean:,.0f} ms on average and has been run "
                f"{row.calls:,} times.",
                subject=str(row.queryid),
                evidence={
                    "statement": row.statement or "not shown: it may hold a password",
                    "share of all time": f"{row.share} of 100",
                    "rows a run": row.rows,
                    "queryid": str(row.queryid),
                },
            )


CHECK = ServerCheck(
    id="GNK-P008",
    slug="slow-statements",
    title="No frequent statement takes half a second",
    category="performance",
    severity=Severity.LOW,
    impact="Users wait for it, and so do those who wait for its locks.",
    recommendation="Look at its plan: EXPLAIN (ANALYZE, BUFFERS).",
    privileges=("membership in pg_monitor", "the extension pg_stat_statements"),
    roles=("pg_monitor",),
    find=find,
)
