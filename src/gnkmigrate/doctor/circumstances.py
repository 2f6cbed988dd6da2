"""What the probes look at: the project, the database, a throwaway server."""

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gnkmigrate import own_objects
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_schema
from gnkmigrate.postgres.connection import Connection, DatabaseUrl
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.servers import DEFAULT_MAJOR, Server, throwaway
from gnkmigrate.settings import Settings

# With any of these set, libpq knows a database without being told in a URL.
_LIBPQ = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER", "PGPORT")


@dataclass(frozen=True)
class Circumstances:
    """Where the commands would work.

    Attributes:
        settings: the project's settings.
        file: the settings file; None where there is none.
        url: the live database's address.
        session: a read-only session with it; None where there is none to be had.
        refusal: why there is none.
        milliseconds: how long connecting took.
        stack: what is to be closed at the end.
    """

    settings: Settings
    file: Path | None
    url: DatabaseUrl
    session: Connection | None
    refusal: GnkMigrateError | None
    milliseconds: float
    stack: ExitStack = field(repr=False)

    @property
    def named(self) -> bool:
        """Whether anybody has said which database it is."""
        return bool(self.url.conninfo) or any(os.environ.get(name) for name in _LIBPQ)

    @property
    def live(self) -> Connection:
        """The session, for probes that need one."""
        if self.session is None:
            raise TypeError("a probe that needs the database is not asked without it")
        return self.session

    @property
    def major(self) -> int:
        """The major version that throwaway servers get."""
        live = self.session.info.server_version // 10000 if self.session else None
        return self.settings.server.major or live or DEFAULT_MAJOR

    @cached_property
    def schemas(self) -> tuple[str, ...]:
        """The schemas that the commands look at: those of the settings, else all of the user's."""
        if self.settings.read_schemas:
            return tuple(self.settings.read_schemas)
        given = {"names": None, "own": own_objects.schemas(self.live)}
        found = self.live.execute(query("kinds.schema", "read"), given).fetchall()
        return tuple(str(name) for _, _, _, _, name, _ in found)

    @cached_property
    def server(self) -> Server:
        """A throwaway server, which other commands would get as well.

        Raises:
            ServerUnavailable: there is none.
        """
        return self.stack.enter_context(throwaway(self.settings.server, self.major))

    @cached_property
    def target(self) -> Snapshot:
        """The target's facts.

        Raises:
            SchemaError: it cannot be read or loaded.
            ServerUnavailable: there is no server to load it into.
        """
        return load_schema(self.settings.target_source, self.settings, server=self.server)
