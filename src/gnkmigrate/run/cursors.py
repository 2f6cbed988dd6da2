"""What the session of a run sends its statements with: psycopg's cursors, or some that also look.

Who wants to see each statement says so around the run, wherever its sessions are opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from psycopg import Cursor

from gnkmigrate.postgres.connection import Connection

CursorClass: TypeAlias = type[Cursor[tuple[Any, ...]]]

_WANTED: ContextVar[CursorClass | None] = ContextVar("gnkmigrate_cursor_class", default=None)


@contextmanager
def wanted(cursor_class: CursorClass) -> Iterator[None]:
    """Steps that run during the block send their statements with cursors of this class."""
    before = _WANTED.set(cursor_class)
    try:
        yield
    finally:
        _WANTED.reset(before)


@contextmanager
def in_use(connection: Connection) -> Iterator[None]:
    """Has a session use the class that is wanted, if one is, for as long as the block lasts."""
    cursor_class = _WANTED.get()
    if cursor_class is None:
        yield
        return
    own = connection.cursor_factory
    connection.cursor_factory = cursor_class
    try:
        yield
    finally:
        connection.cursor_factory = own
