"""The keys that are in the way of a unique index."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import errors
from psycopg.rows import class_row

from gnkmigrate.run.names import literal
from gnkmigrate.run.rows import HIDDEN, listed
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import looks_secret

# NULLS NOT DISTINCT came with PostgreSQL 15.
_PARTS = """
SELECT ARRAY(SELECT pg_get_indexdef(indexrelid, number, false)
             FROM generate_series(1, indnkeyatts) AS number) AS keys,
       pg_get_expr(indpred, indrelid) AS predicate,
       coalesce((to_jsonb(pg_index) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal
FROM pg_index WHERE indexrelid = to_regclass({index})
"""


@dataclass(frozen=True)
class UniqueKey:
    """What a unique index allows once.

    Attributes:
        keys: its columns or expressions, as PostgreSQL prints them.
        predicate: the rows that it is about; None for all.
        nulls_equal: whether NULL counts as a value, too.
    """

    keys: Sequence[str]
    predicate: str | None
    nulls_equal: bool

    def query(self, table: str) -> str:
        """SQL that lists the keys that a quoted table has more than once, with how often.

        What looks secret is not shown.
        """
        keys = ", ".join(self.keys)
        conditions = [f"({self.predicate})"] if self.predicate else []
        if not self.nulls_equal:
            conditions += [f"({key}) IS NOT NULL" for key in self.keys]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        shown = ", ".join(f"{HIDDEN} AS key" if looks_secret(key) else key for key in self.keys)
        counted = f"SELECT {shown}, count(*) AS rows FROM {table}{where}"
        return f"{counted} GROUP BY {keys} HAVING count(*) > 1"


def unique_key(work: Work, index: str) -> UniqueKey:
    """That of an index, a quoted relation, which need not be valid."""
    with (
        work.settings(search_path=OURS),
        work.connection.cursor(row_factory=class_row(UniqueKey)) as cursor,
    ):
        found = cursor.execute(_PARTS.format(index=literal(index)).encode()).fetchone()
    if found is None:
        raise TypeError(f"{index} is an index")
    return found


@contextmanager
def duplicates_named(work: Work, table: str, key: UniqueKey | str) -> Iterator[None]:
    """Adds to the error of an index build, as notes, the keys that are there more than once.

    Args:
        work: the session; in a transaction, the block is a savepoint of it.
        table: the quoted relation.
        key: what has to be unique, or the quoted index that a failed build leaves behind.
    """
    try:
        yield
    except errors.UniqueViolation as error:
        wanted = unique_key(work, key) if isinstance(key, str) else key
        total, rows = listed(work, wanted.query(table))
        error.add_note(f"{total} keys are there more than once:")
        for row in rows:
            error.add_note(row)
        raise
