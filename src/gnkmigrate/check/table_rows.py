"""The rows of tables and views as JSON values: for a handful of them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from psycopg import sql

from gnkmigrate import own_objects
from gnkmigrate.postgres.connection import Connection

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]

_RELATIONS = """
SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relkind = ANY (%s) AND NOT relispartition ORDER BY 1
"""


def read_tables(session: Connection, schema: str) -> Rows:
    """All rows of a schema's tables, by the table's name."""
    return _read(session, schema, ["r", "p"])


def read_views(session: Connection, schema: str) -> Rows:
    """All rows of a schema's views, by the view's name."""
    return _read(session, schema, ["v"])


def _read(session: Connection, schema: str, kinds: Sequence[str]) -> Rows:
    names = [name for (name,) in session.execute(_RELATIONS, (schema, list(kinds))).fetchall()]
    return {name: _listed(session, sql.Identifier(schema, name)) for name in names}


def _listed(session: Connection, relation: sql.Identifier) -> Sequence[Row]:
    """Its rows, without old columns that are kept beside new ones."""
    kept = own_objects.kept_columns(session, relation.as_string())
    query = sql.SQL("SELECT to_jsonb(listed) - {}::text[] FROM {} AS listed")
    found = session.execute(query.format(sql.Literal(kept), relation)).fetchall()
    return [row for (row,) in found]


def unlike(name: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[str]:
    """What `after` lacks of `before` or has beyond it, a line each; their order does not matter."""
    was, now = _counted(before), _counted(after)
    yield from (f"{name} lacks the row {row}" for row in sorted((was - now).elements()))
    yield from (f"{name} has the row {row}" for row in sorted((now - was).elements()))


def _counted(rows: Sequence[Row]) -> Counter[str]:
    return Counter(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
