"""What a build of an index has left behind when it was cut off: an index that is not valid.

Nobody builds it now: who does so holds the lock of this database's one runner. One on a partitioned
table is not valid for another reason: until all partitions have theirs.
"""

from gnkmigrate.run.names import literal
from gnkmigrate.run.work import Work

_IS_VALID = """
SELECT indisvalid OR relkind <> 'i'
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
WHERE indexrelid = pg_catalog.to_regclass({index})
"""

# Indexes beside it that REINDEX CONCURRENTLY has left: their names are cut where they are too long.
_COPIES = """
SELECT format('%I.%I', namespace.nspname, other.relname)
FROM pg_index AS own
JOIN pg_index AS beside ON beside.indrelid = own.indrelid AND NOT beside.indisvalid
JOIN pg_class AS index ON index.oid = own.indexrelid
JOIN pg_class AS other ON other.oid = beside.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = other.relnamespace
WHERE own.indexrelid = to_regclass({index})
  AND other.relname ~ '_cc(new|old)[0-9]*$'
  AND starts_with(index.relname, regexp_replace(other.relname, '_cc(new|old)[0-9]*$', ''))
ORDER BY other.relname
"""


def is_built(work: Work, index: str) -> bool:
    """Whether an index is there and valid; one that is not is dropped.

    Args:
        work: the session, in no transaction but that of the whole run.
        index: its name, qualified and quoted.
    """
    valid = _is_valid(work, index)
    if valid is False:
        _drop(work, index)
    return bool(valid)


def build(work: Work, index: str, statement: str) -> None:
    """Builds an index that is not there yet, in no transaction.

    After a deadlock again, unless the other transaction has made it valid, as TRUNCATE does.

    Args:
        work: the session.
        index: its name, qualified and quoted.
        statement: CREATE INDEX CONCURRENTLY, or in a run of one transaction CREATE INDEX, without
            placeholders.
    """
    if work.atomic:
        work.connection.execute(statement.encode())
    else:
        work.without_transaction(statement, is_done=lambda: is_built(work, index))


def is_rebuilt(work: Work, index: str) -> bool:
    """Whether an index that was to be built anew is valid; what is left beside it is dropped."""
    for (copy,) in work.connection.execute(_ask(_COPIES, index)).fetchall():
        _drop(work, copy)
    return bool(_is_valid(work, index))


def _is_valid(work: Work, index: str) -> bool | None:
    row = work.connection.execute(_ask(_IS_VALID, index)).fetchone()
    return row[0] if row else None


def _drop(work: Work, index: str) -> None:
    if work.atomic:
        work.connection.execute(f"DROP INDEX IF EXISTS {index}".encode())
    else:
        work.without_transaction(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")


def _ask(query: str, index: str) -> bytes:
    return query.format(index=literal(index)).encode()
