"""SQL in the session of a run: placeholders filled in, settings that are set back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor
from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.names import literal
from gnkmigrate.run.template import render

# Where our own SQL finds what it names.
OURS = "pg_catalog, pg_temp"
# When a setting can be set: after an error inside a transaction its end sets it back.
SETTABLE = frozenset({TransactionStatus.IDLE, TransactionStatus.INTRANS})


class Session:
    """The part of `Work` that sends SQL.

    Attributes:
        connection: the one session of the whole run.
        parameters: values of the placeholders in a step's SQL; see template.py.
    """

    connection: Connection
    parameters: Mapping[str, str]

    def execute(self, text: str) -> Cursor[tuple[Any, ...]]:
        """Runs SQL after filling in its placeholders."""
        return self.connection.execute(render(text, self.parameters).encode())

    def value(self, text: str) -> Any:
        """The first column of the first row, or None."""
        row = self.execute(text).fetchone()
        return row[0] if row else None

    @contextmanager
    def settings(self, **values: str) -> Iterator[None]:
        """Settings of the session, set back at the end."""
        names = ", ".join(f"current_setting({literal(name)})" for name in values)
        found = self.execute(f"SELECT {names}").fetchone() or ()
        previous = dict(zip(values, found, strict=True))
        for name, value in values.items():
            if previous[name] != value:
                self._set(name, value)
        try:
            yield
        finally:
            if self.connection.info.transaction_status in SETTABLE:
                for name, value in previous.items():  # whatever has been set meanwhile
                    self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        # set_config reads a list such as search_path's as one; SET would quote it whole.
        self.connection.execute("SELECT set_config(%s, %s, false)", (name, value))
