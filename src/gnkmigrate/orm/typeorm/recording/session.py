"""A session that writes down what it is asked to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
from psycopg import sql

from gnkmigrate.errors import OrmError
from gnkmigrate.orm.typeorm.recording.statements import RUN, changes, is_guard

_SETS_PATH = "SELECT set_config(%s, %s, false)"


@dataclass(frozen=True)
class Sent:
    """A statement that matters.

    Attributes:
        text: with its values in it.
        path: the search path at that moment.
        guards: whether it counts rows that would be in the way.
        found: how many there were.
    """

    text: str
    path: str
    guards: bool = False
    found: int = 0


@dataclass
class Log:
    """What a session was asked to do since somebody last took it."""

    path: str = ""
    step: str = ""
    runs: int = 0
    sent: list[Sent] = field(default_factory=list)

    def take(self) -> tuple[Sent, ...]:
        """All of it; the log is empty afterwards."""
        found = tuple(self.sent)
        self.sent.clear()
        return found


class RecordingCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Its statements are written down in the connection's log."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        super().execute(query, params, **options)
        log = _log(self.connection)
        text = _text(query, self.connection)
        if text == _SETS_PATH and params[0] == "search_path":
            log.path = params[1]
        elif is_guard(text):
            (found,) = self.fetchone() or (0,)
            self.scroll(0, mode="absolute")
            log.sent.append(Sent(self._filled(query, params), log.path, guards=True, found=found))
        elif changes(text):
            log.sent.append(Sent(self._filled(query, _of_any_run(text, params, log)), log.path))
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        del returning
        for params in params_seq:
            self.execute(query, params)

    def copy(self, statement: Any, *arguments: Any, **options: Any) -> Any:
        """No plain SQL says what goes through COPY.

        Raises:
            OrmError: always.
        """
        del statement, arguments, options
        step = _log(self.connection).step
        raise OrmError(f'The step "{step}" sends rows by COPY, which is no plain SQL.')

    def _filled(self, query: Any, params: Any) -> str:
        if params is None:
            return _text(query, self.connection)
        with psycopg.ClientCursor(self.connection) as cursor:
            return cursor.mogrify(query, params)


class RecordingConnection(psycopg.Connection[tuple[Any, ...]]):
    """What it rolls back is not in its log either."""

    log: Log

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.log = Log()
        self.cursor_factory = RecordingCursor

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        before, stays = len(self.log.sent), False
        try:
            with super().transaction(savepoint_name, force_rollback) as transaction:
                yield transaction
                stays = not force_rollback
        finally:
            if not stays:
                del self.log.sent[before:]


def _log(connection: Any) -> Log:
    log: Log = connection.log
    return log


def _text(query: Any, connection: Any) -> str:
    if isinstance(query, sql.Composable):
        return query.as_string(connection)
    return query.decode() if isinstance(query, bytes) else str(query)


def _of_any_run(text: str, params: Any, log: Log) -> Any:
    """The values with which a statement of the journal is about whichever run is at hand."""
    if text.startswith("INSERT INTO gnkmigrate.run "):
        log.runs += 1
    elif isinstance(params, dict) and "run" in params:
        return {**params, "run": RUN}
    elif text.startswith("UPDATE gnkmigrate.run") and text.rstrip().endswith("number = %s"):
        return (*params[:-1], RUN)
    return params
