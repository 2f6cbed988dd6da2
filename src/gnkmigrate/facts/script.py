"""A user's SQL files, run as they are on a database of ours.

A file is sent whole, as one simple query: PostgreSQL alone decides where its statements begin
and end, and all of them are one transaction (manual, chapter 55.2.2.1).
"""

import re
from collections.abc import Sequence

from psycopg import errors, pq, sql

from gnkmigrate.connection import Connection
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.explaining import (
    MissingObject,
    NotAllowed,
    UnknownRole,
    UnknownSetting,
    explain,
)
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.runnable import runnable
from gnkmigrate.facts.statements import Statement, statements


def run_scripts(
    connection: Connection,
    scripts: tuple[Script, ...],
    search_path: tuple[str, ...],
    *,
    makes_roles: bool = False,
) -> frozenset[str]:
    """Runs files, all in one transaction: by name, and those that need others after these.

    Args:
        connection: a session in autocommit.
        scripts: the files.
        search_path: schemas for unqualified names at the start of each file, after pg_catalog
            and before pg_temp.
        makes_roles: make the roles that the files name and the server lacks, which is a
            throwaway of ours; they may not log in, and are superusers where a file needs them
            to be.

    Returns:
        The roles that were made.

    Raises:
        SchemaError: PostgreSQL refuses a statement, or it is none for a schema; the message has
            file and line.
    """
    scripts = tuple(map(runnable, scripts))
    made: set[str] = set()
    raised: set[str] = set()
    while True:
        try:
            _run_all(connection, scripts, search_path)
        except UnknownRole as error:
            if not makes_roles or error.role in made:
                raise
            made.add(error.role)
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(error.role)))
        except NotAllowed as error:
            if error.role not in made - raised:
                raise
            raised.add(error.role)
            connection.execute(
                sql.SQL("ALTER ROLE {} SUPERUSER").format(sql.Identifier(error.role))
            )
        except UnknownSetting as error:
            without = tuple(_without_setting(script, error.setting) for script in scripts)
            if without == scripts:
                raise
            scripts = without
        else:
            return frozenset(made)


def _without_setting(script: Script, name: str) -> Script:
    """The file without the line with which pg_dump turns off a setting of later versions."""
    line = re.compile(rf"^SET {re.escape(name)} = 0;$", re.MULTILINE)
    return Script(script.path, line.sub("", script.text))


def _run_all(
    connection: Connection, scripts: tuple[Script, ...], search_path: tuple[str, ...]
) -> None:
    path = sql.SQL(", ").join(sql.Identifier(schema) for schema in (*search_path, "pg_temp"))
    waiting = list(scripts)
    with connection.transaction():
        while waiting:
            failed: list[tuple[Script, SchemaError]] = []
            for script in waiting:
                try:
                    with connection.transaction():
                        connection.execute(sql.SQL("SET search_path = {}").format(path))
                        _run(connection, script)
                        # Whoever a file has become, the next one begins as whoever runs it.
                        connection.execute("RESET SESSION AUTHORIZATION")
                        connection.execute("RESET ROLE")
                except MissingObject as error:
                    failed.append((script, error))
            if len(failed) == len(waiting):
                raise failed[0][1]
            waiting = [script for script, _ in failed]


def _run(connection: Connection, script: Script) -> None:
    """Sends one file and reads PostgreSQL's answers, one for each statement."""
    connection.pgconn.send_query(script.text.encode())
    done = 0
    failure: SchemaError | None = None
    while (result := connection.pgconn.get_result()) is not None:
        done += 1
        if result.status == pq.ExecStatus.COPY_IN:
            connection.pgconn.put_copy_end(b"a schema holds no rows")
        elif result.status == pq.ExecStatus.COPY_OUT:
            _drain(connection)
        elif result.status == pq.ExecStatus.FATAL_ERROR and failure is None:
            failure = explain(script, errors.error_from_result(result), _first(script, done))
    if failure is not None:
        raise failure


def _first(script: Script, count: int) -> Sequence[Statement]:
    return [*statements(script.text)][:count]


def _drain(connection: Connection) -> None:
    while connection.pgconn.get_copy_data(0)[0] > 0:
        pass
