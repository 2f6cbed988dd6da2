"""Statements of ours that write a table do it as the table's owner, whoever migrates.

What a write sets off (an index on an expression, a check, a domain, a cast) runs as whoever writes
(manual, CREATE FUNCTION, SECURITY INVOKER). With SET ROLE it could set the role back; within a
SECURITY DEFINER function nobody can (manual, SET ROLE, Notes). So these statements run in one that
belongs to the owner.

An owner may change a function, also so that it runs as its caller (ALTER FUNCTION ... SECURITY
INVOKER), or what its operators mean. So it is in a schema of its own, on which the owner has no
USAGE: he cannot name it (manual, 5.10, Schemas and Privileges).

Even as the owner, code of his would be in the session of whoever migrates: it may set what lasts,
replace a prepared statement, and defer a trigger to the commit, which is the session's. So nothing
of his runs that was not there when he was asked about: each time, under a lock that keeps others
from changing that, what writing would run is compared with what there was in the beginning.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg.pq import TransactionStatus

from gnkmigrate import own_objects
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run import ownership
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_OWNER = """
SELECT pg_get_userbyid(relowner)
FROM pg_class WHERE oid = {table}::regclass AND pg_get_userbyid(relowner) <> current_user
"""
_DROP = f"{own_objects.DROP_WRITERS}; DROP SCHEMA IF EXISTS {own_objects.ACTING}"
_OURS = ("code(regclass[])", "require_same()")
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
CREATE FUNCTION {schema}.code(relations regclass[]) RETURNS SETOF text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $body$ {code} $body$;
GRANT CREATE ON SCHEMA {schema} TO {owner};
ALTER FUNCTION {function}(text) OWNER TO {owner};
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {owner};
"""
_GUARD = """
CREATE FUNCTION {schema}.require_same() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    known text[] := {known};
BEGIN
    IF EXISTS (SELECT {schema}.code({tables}) EXCEPT SELECT unnest(known)) THEN
        RAISE EXCEPTION 'Somebody has changed what writing to % runs; nothing more was written.',
            {table}
            USING DETAIL = 'A trigger, constraint, index, default, policy or cast is new.',
            HINT = 'The same command asks about it, and goes on.';
    END IF;
END
$body$
"""


@dataclass(frozen=True)
class Acting:
    """What writes as the owner of a table.

    Attributes:
        function: its name, qualified and quoted; it takes a text of statements, whose names are
            all qualified, and gives the rows of the last one.
        tables: what is written, quoted; the owner's table first.
    """

    function: str
    tables: tuple[str, ...]

    def calls(self, statements: str) -> str:
        """SQL that runs statements as the owner, if nobody has changed what they set off."""
        lock = f"LOCK TABLE {', '.join(self.tables)} IN ROW EXCLUSIVE MODE"
        same = f"{own_objects.ACTING}.require_same()"
        calls = [f"SELECT {self.function}({literal(text)})" for text in (lock, statements)]
        return f"{calls[0]}; SELECT {same}; {calls[1]}"


def _array(tables: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, tables))}]::pg_catalog.regclass[]"


@contextmanager
def as_owner(work: Work, table: str, *others: str) -> Iterator[Acting | None]:
    """Lets statements on a table run as its owner.

    Args:
        work: the session.
        table: "schema.table".
        others: further tables that are written, quoted.

    Yields:
        What they run by; None where the session is the owner.
    """
    asked = _OWNER.format(table=literal(quoted(table)))
    found = work.connection.execute(asked.encode()).fetchone()
    if found is None:
        yield None
        return
    schema = own_objects.ACTING
    function = f"{schema}.write"
    make = _MAKE.format(
        drop=_DROP,
        schema=schema,
        function=function,
        owner=column(found[0]),
        code=query("run.sql", "written_code"),
    )
    tables = (quoted(table), *others)
    with work.connection.transaction():
        work.connection.execute(make.encode())
        ownership.keep_to_itself(work.connection, schema)
        _guard(work, schema, tables)
        for made in (f"{function}(text)", *(f"{schema}.{each}" for each in _OURS)):
            ownership.keep_function_to_itself(work.connection, made)
    try:
        work.require_trust(tables)  # from now on nothing comes unseen
        yield Acting(function, tables)
    finally:
        status = work.connection.info.transaction_status
        if status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}:
            work.connection.execute(_DROP.encode())


def _guard(work: Work, schema: str, tables: tuple[str, ...]) -> None:
    """Makes the function that stops when something runs that does not run now."""
    array = _array(tables)
    found = work.connection.execute(f"SELECT {schema}.code({array})".encode()).fetchall()
    known = f"ARRAY[{', '.join(literal(mark) for (mark,) in found)}]::text[]"
    guard = _GUARD.format(schema=schema, known=known, tables=array, table=literal(tables[0]))
    work.connection.execute(guard.encode())


def execute(work: Work, acting: Acting | None, statement: str) -> int:
    """Runs a statement as `as_owner` says, and gives the number of its rows."""
    if acting is None:
        return work.execute(statement).rowcount
    cursor = work.connection.execute(acting.calls(render(statement, work.parameters)).encode())
    while cursor.nextset():
        pass
    return int(cursor.fetchall()[0][0])
