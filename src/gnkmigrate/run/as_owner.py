"""Statements of ours that write a table do it as the table's owner, whoever migrates.

What a write sets off (an index on an expression, a check, a domain, a cast) runs as whoever writes
(manual, CREATE FUNCTION, SECURITY INVOKER). With SET ROLE it could set the role back; within a
SECURITY DEFINER function nobody can (manual, SET ROLE, Notes). So these statements run in one that
belongs to the owner.

An owner may change a function, also so that it runs as its caller (ALTER FUNCTION ... SECURITY
INVOKER), or what its operators mean. So it is in a schema of its own, on which the owner has no
USAGE: he cannot name it (manual, 5.10, Schemas and Privileges).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.pq import TransactionStatus

from gnkmigrate import own_objects
from gnkmigrate.run import ownership
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_OWNER = """
SELECT pg_get_userbyid(relowner)
FROM pg_class WHERE oid = {table}::regclass AND pg_get_userbyid(relowner) <> current_user
"""
_DROP = f"{own_objects.DROP_WRITER}; DROP SCHEMA IF EXISTS {own_objects.ACTING}"
# The run that holds the runner's lock is the only one: what is there was left by one that was cut
# off. Whom a function is given has to be allowed to create one there (manual, ALTER FUNCTION).
_MAKE = """
{drop};
CREATE SCHEMA {schema};
COMMENT ON SCHEMA {schema} IS 'gnkmigrate: writes as the owner of a table, while a step lasts';
CREATE FUNCTION {function}(statements text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed bigint;
BEGIN
    EXECUTE statements;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$;
GRANT CREATE ON SCHEMA {schema} TO {owner};
ALTER FUNCTION {function}(text) OWNER TO {owner};
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {owner};
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
    asked = _OWNER.format(table=literal(quoted(table)))
    found = work.connection.execute(asked.encode()).fetchone()
    if found is None:
        yield None
        return
    schema = own_objects.ACTING
    function = f"{schema}.write"
    make = _MAKE.format(drop=_DROP, schema=schema, function=function, owner=column(found[0]))
    with work.connection.transaction():
        work.connection.execute(make.encode())
        ownership.keep_to_itself(work.connection, schema)
        ownership.keep_function_to_itself(work.connection, f"{function}(text)")
    try:
        yield function
    finally:
        status = work.connection.info.transaction_status
        if status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}:
            work.connection.execute(_DROP.encode())


def execute(work: Work, acting: str | None, statement: str) -> int:
    """Runs a statement as `as_owner` says, and gives the number of its rows."""
    if acting is None:
        return work.execute(statement).rowcount
    text = literal(render(statement, work.parameters))
    return int(work.connection.execute(f"SELECT {acting}({text})".encode()).fetchall()[0][0])
