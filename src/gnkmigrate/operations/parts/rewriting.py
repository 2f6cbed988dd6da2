"""Columns that PostgreSQL cannot add without writing the whole table anew.

A domain may say that its values are NOT NULL, or have a CHECK: adding a column of it looks at each
row, and rewrites the table, under the table's strongest lock (manual, ALTER TABLE, Notes).
"""

from collections.abc import Iterable, Iterator

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_SMALL = 4 * 1024 * 1024  # bytes, which are written in some milliseconds
_CONSTRAINED = """
WITH RECURSIVE based (named, type) AS (
    SELECT named, to_regtype(split_part(named, ' COLLATE ', 1))::oid
    FROM unnest(%s::text[]) AS named
    UNION ALL
    SELECT named, typbasetype FROM based JOIN pg_type ON oid = type AND typtype = 'd'
)
SELECT DISTINCT named
FROM based JOIN pg_type ON oid = type AND typtype = 'd'
WHERE typnotnull OR EXISTS (SELECT FROM pg_constraint WHERE contypid = type)
ORDER BY named
"""


def refusals(work: Work, table: str, types: Iterable[str]) -> Iterator[Refusal]:
    """A large table that would be rewritten while nobody can read it.

    Args:
        work: the session.
        table: "schema.table" that is to get columns.
        types: theirs, as SQL.
    """
    rows = work.connection.execute(_CONSTRAINED, (sorted(set(types)),)).fetchall()
    if rows and is_large(work, table):
        yield Refusal(
            f"New columns of {table} have domains with constraints, for which PostgreSQL writes "
            "the whole table anew while nobody can read it.",
            [name for (name,) in rows],
            len(rows),
            "Give them the type below the domain, and the table a CHECK; or add them in a step of "
            "your own (op.execute) while nobody works.",
        )


def is_large(work: Work, table: str) -> bool:
    """Whether it takes long to write a table, "schema.table", anew."""
    size = f"pg_table_size({literal(quoted(table))}::regclass)"
    return bool(work.value(f"SELECT {size} > {_SMALL}"))
