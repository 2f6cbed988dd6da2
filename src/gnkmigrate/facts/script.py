"""A user's SQL files, run as they are on a database of ours.

A file is sent whole, as one simple query: PostgreSQL alone decides where its statements begin
and end, and all of them are one transaction (manual, chapter 55.2.2.1). So nothing of it is there
where a file has to wait for another one, or for a role that is made first, and is run again.

PostgreSQL lets nobody use a label of an enum before the transaction that adds it is over. Where
files do, they are cut after each label that is added, and run once more, a transaction for each
piece.
"""

import re
import select
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString

from psycopg import errors, pq, sql

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.explaining import (
    LabelTooNew,
    MissingObject,
    NotAllowed,
    UnknownRole,
    UnknownSetting,
    explain,
)
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.runnable import Part, refuse_roles, runnable, transactions
from gnkmigrate.facts.statements import Statement, statements
from gnkmigrate.postgres.connection import Connection


def run_scripts(
    connection: Connection,
    scripts: tuple[Script, ...],
    search_path: tuple[str, ...],
    *,
    makes_roles: bool = False,
) -> frozenset[str]:
    """Runs files, by name, and those that need others after these.

    All are one transaction, unless they use a label that they add to an enum: then one ends with
    each label, and a file waits only for those that come before the next.

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
    if not makes_roles:
        refuse_roles(scripts)
    session = _Session(connection, search_path, makes_roles=makes_roles)
    try:
        session.run([Part(script) for script in scripts])
    except LabelTooNew:
        several = transactions(scripts)
        if len(several) == 1:
            raise
        for parts in several:
            session.run(parts)
    return frozenset(session.made)


@dataclass
class _Session:
    """Where files are run.

    Attributes:
        connection: a session in autocommit.
        search_path: as for `run_scripts`.
        makes_roles: as for `run_scripts`.
        made: the roles that were made so far.
        raised: those of them that are superusers.
    """

    connection: Connection
    search_path: tuple[str, ...]
    makes_roles: bool
    made: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)

    def run(self, parts: Sequence[Part]) -> None:
        """Runs pieces of files in one transaction, again with what they lack."""
        while True:
            try:
                _run_all(self.connection, parts, self.search_path)
            except UnknownRole as error:
                if not self.makes_roles or error.role in self.made:
                    raise
                self.made.add(error.role)
                self._command("CREATE ROLE {}", error.role)
            except NotAllowed as error:
                if error.role not in self.made - self.raised:
                    raise
                self.raised.add(error.role)
                self._command("ALTER ROLE {} SUPERUSER", error.role)
            except UnknownSetting as error:
                without = [_without_setting(part, error.setting) for part in parts]
                if without == parts:
                    raise
                parts = without
            else:
                return

    def _command(self, command: LiteralString, role: str) -> None:
        """Runs it as whoever the session is, also where a file has become somebody else."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL SESSION AUTHORIZATION DEFAULT")
            self.connection.execute("SET LOCAL ROLE NONE")
            self.connection.execute(sql.SQL(command).format(sql.Identifier(role)))


def _without_setting(part: Part, name: str) -> Part:
    """The piece without the line with which pg_dump turns off a setting of later versions."""
    line = re.compile(rf"^SET {re.escape(name)} = 0;$", re.MULTILINE)
    script = part.script
    return part._replace(script=Script(script.path, line.sub("", script.text)))


def _run_all(connection: Connection, parts: Sequence[Part], search_path: tuple[str, ...]) -> None:
    path = sql.SQL(", ").join(sql.Identifier(schema) for schema in (*search_path, "pg_temp"))
    waiting = list(parts)
    with connection.transaction():
        while waiting:
            failed: list[tuple[Part, SchemaError]] = []
            for part in waiting:
                try:
                    with connection.transaction():
                        if part.begins:
                            connection.execute(sql.SQL("SET search_path = {}").format(path))
                            # As in psql: a query of theirs shows what its owner sees.
                            connection.execute("SET row_security = on")
                        _run(connection, part.script)
                        if part.ends:
                            # Whoever a file has become, the next one begins as whoever runs it.
                            connection.execute("RESET SESSION AUTHORIZATION")
                            connection.execute("RESET ROLE")
                except MissingObject as error:
                    failed.append((part, error))
            if len(failed) == len(waiting):
                raise failed[0][1]
            waiting = [part for part, _ in failed]
        connection.execute("SET row_security = off")  # as in all sessions of ours


def _run(connection: Connection, script: Script) -> None:
    """Sends one file and reads PostgreSQL's answers, one for each statement."""
    _send(connection, script.text.encode())
    done = 0
    failure: SchemaError | None = None
    while (result := _answer(connection)) is not None:
        done += 1
        if result.status == pq.ExecStatus.COPY_IN:
            connection.pgconn.put_copy_end(b"a schema holds no rows")
        elif result.status == pq.ExecStatus.COPY_OUT:
            _drain(connection)
        elif result.status == pq.ExecStatus.FATAL_ERROR and failure is None:
            failure = explain(script, errors.error_from_result(result), _first(script, done))
    if failure is not None:
        raise failure


def _send(connection: Connection, query: bytes) -> None:
    """Hands over a query of any length: what the socket does not take at once stays in libpq."""
    libpq = connection.pgconn
    libpq.send_query(query)
    while libpq.flush():
        readable, _, _ = select.select([libpq.socket], [libpq.socket], [])
        if readable:  # the server may wait for its notices to be read (manual, 34.4)
            libpq.consume_input()


def _answer(connection: Connection) -> pq.abc.PGresult | None:
    """The next answer, however long it takes.

    libpq's own waiting hears no signal. What is cut off is cancelled: the session can go on.
    """
    libpq = connection.pgconn
    try:
        while libpq.is_busy():
            select.select([libpq.socket], [], [])
            libpq.consume_input()
        return libpq.get_result()
    except KeyboardInterrupt:
        connection.cancel()
        while libpq.get_result() is not None:
            pass
        raise


def _first(script: Script, count: int) -> Sequence[Statement]:
    return [*statements(script.text)][:count]


def _drain(connection: Connection) -> None:
    while connection.pgconn.get_copy_data(0)[0] > 0:
        pass
