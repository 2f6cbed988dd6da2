"""Migrations that are SQL files, run in the order that the tool's names give.

A file is one transaction, as with nearly every tool. One that PostgreSQL refuses there, since a
statement in it must stand alone (CREATE INDEX CONCURRENTLY), runs statement by statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import errors

from gnkmigrate.check.other_tools.tools import Migration, ToolFails
from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.statements import statements
from gnkmigrate.postgres.connection import Connection, DatabaseUrl


@dataclass(frozen=True)
class File:
    """A migration's SQL.

    Attributes:
        name: the migration's.
        up: what it runs.
        down: what takes it back; None without that.
    """

    name: str
    up: str
    down: str | None = None


@dataclass(frozen=True)
class Files:
    """SQL files in their order.

    Attributes:
        url: the database.
        files: those.
        tables: as for `Tool`.
        done: gives, from a session, the names of those that have run there.
    """

    url: DatabaseUrl
    files: Sequence[File]
    tables: Sequence[str] = ()
    done: Callable[[Connection], frozenset[str]] = lambda _: frozenset()

    def migrations(self) -> Sequence[Migration]:
        with self._session() as session:
            done = self.done(session)
        return [
            Migration(each.name, each.name in done, has_way_back=each.down is not None)
            for each in self.files
        ]

    def up(self, *names: str) -> None:
        for name in names:
            self._run(name, self._file(name).up)

    def down(self, name: str) -> None:
        self._run(name, self._file(name).down or "")

    def _file(self, name: str) -> File:
        return next(each for each in self.files if each.name == name)

    def _run(self, name: str, text: str) -> None:
        parts = [text[each.start : each.end].encode() for each in statements(text)]
        try:
            with self._session() as session:
                try:
                    with session.transaction():
                        _run_all(session, parts)
                except errors.ActiveSqlTransaction:
                    _run_all(session, parts)
        except psycopg.Error as error:
            raise ToolFails(f"{name}: {error.diag.message_primary or error}") from None

    def _session(self) -> Connection:
        """With the server's own settings: a team's tool has no others."""
        return psycopg.connect(self.url.conninfo, autocommit=True, application_name="migrations")


def _run_all(session: Connection, parts: Sequence[bytes]) -> None:
    for part in parts:
        session.execute(part)


def read(file: Path) -> str:
    """The text of a file.

    Raises:
        RevisionError: it is not UTF-8 text.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RevisionError(
            f"{file} is not UTF-8 text.", hint="Write it in UTF-8, as PostgreSQL is to read it."
        ) from None


def require(found: Sequence[File], folder: Path, what: str) -> Sequence[File]:
    """The files, if there are any.

    Raises:
        RevisionError: there is none.
    """
    if not found:
        raise RevisionError(
            f"There is no migration in {folder}.", hint=f"Give the folder that has {what}."
        )
    return found


def recorded(session: Connection, table: str, question: str) -> Sequence[str]:
    """What the tool's own table has recorded; nothing where there is no such table."""
    if session.execute("SELECT to_regclass(%s)", (table,)).fetchone() == (None,):
        return ()
    return [str(name) for (name,) in session.execute(question.encode())]
