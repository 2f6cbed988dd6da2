"""What an application that knows the old shape sees: each table's rows, before and after."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from gnkmigrate.connection import Connection
from gnkmigrate.phases.legacy import SCHEMA

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_RELATIONS = """
SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relkind = ANY (%s) ORDER BY 1
"""


def read_tables(session: Connection, schema: str) -> Rows:
    """All rows of a schema's tables, by table: for a handful of rows."""
    return _read(session, schema, ["r", "p"])


def read_views(session: Connection) -> Rows:
    """All rows of the views in which the old shape goes on, by view; none where there are none."""
    return _read(session, SCHEMA, ["v"])


def _read(session: Connection, schema: str, kinds: Sequence[str]) -> Rows:
    names = [name for (name,) in session.execute(_RELATIONS, (schema, list(kinds))).fetchall()]
    query = sql.SQL("SELECT to_jsonb(listed) FROM {} AS listed")
    return {
        name: [
            row for (row,) in session.execute(query.format(sql.Identifier(schema, name))).fetchall()
        ]
        for name in names
    }


def unlike(before: Rows, views: Rows) -> tuple[str, ...]:
    """What the views show otherwise than the tables did, a line each.

    Columns that only the views have do not count.
    """
    problems = []
    for name in sorted(before.keys() & views.keys()):
        columns = sorted({column for row in before[name] for column in row})
        was, now = _counted(before[name], columns), _counted(views[name], columns)
        problems += [f"{SCHEMA}.{name} lacks the row {row}" for row in (was - now).elements()]
        problems += [f"{SCHEMA}.{name} shows the row {row}" for row in (now - was).elements()]
    return tuple(problems)


def _counted(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Counter[str]:
    return Counter(
        json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False)
        for row in rows
    )
