"""The copy that migrations run on: what it starts from, and rows for every table."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path

from psycopg import sql

from gnkmigrate.check.generate import generate
from gnkmigrate.check.other_tools.rows_before import SCHEMA
from gnkmigrate.copies.clone import Transfer, clone
from gnkmigrate.copies.sample import Selection
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.facts.source import is_database
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings

ServerFactory = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True)
class Copy:
    """Where migrations run.

    Attributes:
        url: the database.
        server: it is on.
        told: what it started from.
        has_rows: whether its rows are a database's own.
    """

    url: DatabaseUrl
    server: Server
    told: str
    has_rows: bool = False


@contextmanager
def start(
    source: str | None,
    rows: int | None,
    settings: Settings,
    open_server: ServerFactory,
    transfer: Transfer,
) -> Iterator[Copy]:
    """A database to run migrations in, for as long as the block lasts.

    Args:
        source: a database's address, of which a copy is made; SQL files, which are run; None for
            an empty one.
        rows: of each table of a database that is copied, at most about so many; None for all.
        settings: where a throwaway server comes from.
        open_server: gives one.
        transfer: gives the observer of the copying.

    Raises:
        SchemaError: the SQL files cannot be read or run.
        CloneFailed: the database cannot be copied.
        ConnectionFailed, ServerUnavailable, NoRoom: as they say.
    """
    if source is not None and is_database(source):
        live = DatabaseUrl.parse(source)
        with clone(settings, live, transfer, Selection(rows)) as copied:
            yield Copy(copied.url, copied.server, f"a copy of {live}", has_rows=True)
        return
    scripts = read_scripts(Path(source)) if source else ()
    with open_server() as server, server.database() as url:
        if scripts:
            with connect(url) as session:
                run_scripts(session, scripts, settings.schemas, makes_roles=server.is_ours)
        yield Copy(url, server, source or "an empty database")


@dataclass
class Filling:
    """Rows for tables that have none.

    Attributes:
        rows: how many each is to get.
        left_out: patterns of tables that are a tool's own.
        tried: tables that have been seen to, so that what takes no row is asked once.
        made: how many rows there are by now.
        tables: in how many tables.
    """

    rows: int
    left_out: tuple[str, ...]
    tried: set[str] = field(default_factory=set)
    made: int = 0
    tables: int = 0

    def fill(self, session: Connection) -> None:
        """Gives rows to the tables that are new since the last time, and empty."""
        if not self.rows:
            return
        found = session.execute(query("check.other_tools.sql", "filled")).fetchall()
        new = [path for path in found if ".".join(path) not in self.tried and path[0] != SCHEMA]
        if not any(_is_empty(session, *path) for path in new):
            self.tried |= {".".join(path) for path in new}
            return
        others = [path for path in found if path not in new or not _is_empty(session, *path)]
        schemas = sorted({schema for schema, _ in new})
        ignore = [*self.left_out, *(escape(".".join(path)) for path in others)]
        generated = generate(session, schemas, ignore, self.rows)
        self.made += generated.rows
        self.tables += generated.tables
        self.tried |= {".".join(path) for path in new}


def _is_empty(session: Connection, schema: str, name: str) -> bool:
    asked = sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(sql.Identifier(schema, name))
    return session.execute(asked).fetchone() == (True,)
