"""A statement that PostgreSQL runs in no transaction, such as CREATE INDEX CONCURRENTLY.

It is journalled before and after. Where its run was cut off in between, what it has left says how
far it came.
"""

from psycopg import errors

from gnkmigrate.postgres.concurrently import not_concurrently
from gnkmigrate.run import unfinished_index
from gnkmigrate.run.work import Work

# What a command fails with that has been done before.
_MADE = (errors.DuplicateTable, errors.DuplicateObject)
_GONE = (errors.UndefinedTable, errors.UndefinedObject)


def run(work: Work, statement: str, index: str = "") -> None:
    """Runs it, unless an earlier run of this step has done so.

    Args:
        work: the session, in a step that is not transactional.
        statement: without placeholders.
        index: the index that it builds, qualified and quoted; "" for none.
    """
    if work.atomic:
        work.connection.execute(not_concurrently(statement).encode())
        return
    begun = work.checkpoint is not None
    if index and _has_built(work, statement, index, begun=begun) and begun:
        return
    work.save_checkpoint("begun", 0)
    done_before = _GONE if _begins(statement, "DROP") else _MADE
    try:
        if index and done_before is _MADE:
            unfinished_index.build(work, index, statement)
        else:
            work.without_transaction(statement)
    except done_before:
        if not begun:
            work.save_checkpoint(None, 0)  # it was somebody else
            raise


def _has_built(work: Work, statement: str, index: str, *, begun: bool) -> bool:
    if _begins(statement, "REINDEX"):
        return begun and unfinished_index.is_rebuilt(work, index)
    return unfinished_index.is_built(work, index)


def _begins(statement: str, word: str) -> bool:
    return statement.split(maxsplit=1)[0].upper() == word
