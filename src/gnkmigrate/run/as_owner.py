"""Statements of ours that write a table do it as the table's owner, whoever migrates.

What a write sets off (an index on an expression, a check, a domain, a cast) runs as whoever writes
(manual, CREATE FUNCTION, SECURITY INVOKER). With SET ROLE it could set the role back; within a
SECURITY DEFINER function nobody can (manual, SET ROLE, Notes). So these statements run in one that
belongs to the owner, and that only he and whoever may be him can call.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.pq import TransactionStatus

from gnkmigrate import own_objects
from gnkmigrate.run import ownership
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_OWNER = """
SELECT pg_get_userbyid(relowner),
       has_schema_privilege(relowner, to_regnamespace({schema})::oid, 'CREATE')
FROM pg_class WHERE oid = {table}::regclass AND pg_get_userbyid(relowner) <> current_user
"""


@contextmanager
def as_owner(work: Work, table: str) -> Iterator[str | None]:
    """The function through which statements on a table run as its owner.

    Args:
        work: the session.
        table: "schema.table".

    Yields:
        Its name, qualified and quoted; it takes a text of statements, whose names are all
        qualified, and gives the rows of the last one. None where the session is the owner.
    """
    asked = _OWNER.format(table=literal(quoted(table)), schema=literal(own_objects.JOURNAL))
    found = work.connection.execute(asked.encode()).fetchone()
    if found is None:
        yield None
        return
    owner, may_create = column(found[0]), found[1]
    function = f"{own_objects.JOURNAL}.{column(own_name('as_', found[0]))}"
    # Whom a function is given has to be allowed to create one there (manual, ALTER FUNCTION).
    give = f"ALTER FUNCTION {function}(text) OWNER TO {owner}"
    if not may_create:
        schema = f"CREATE ON SCHEMA {own_objects.JOURNAL}"
        give = f"GRANT {schema} TO {owner}; {give}; REVOKE {schema} FROM {owner}"
    with work.connection.transaction():
        work.connection.execute(_made(function).encode())
        ownership.keep_function_to_itself(work.connection, f"{function}(text)")
        work.connection.execute(give.encode())
    try:
        yield function
    finally:
        status = work.connection.info.transaction_status
        if status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}:
            work.connection.execute(f"DROP FUNCTION {function}(text)".encode())


def _made(function: str) -> str:
    """One that a run which was cut off has left behind is made anew."""
    return f"""
DROP FUNCTION IF EXISTS {function}(text);
CREATE FUNCTION {function}(statements text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed bigint;
BEGIN
    EXECUTE statements;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$"""


def execute(work: Work, acting: str | None, statement: str) -> int:
    """Runs a statement as `as_owner` says, and gives the number of its rows."""
    if acting is None:
        return work.execute(statement).rowcount
    text = literal(render(statement, work.parameters))
    return int(work.connection.execute(f"SELECT {acting}({text})".encode()).fetchall()[0][0])
