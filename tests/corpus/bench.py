"""A server on which pairs are tried one after the other, each of which finds it as the first."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from psycopg import conninfo
from psycopg.sql import SQL, Identifier

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import invocation, program, run_program
from tests.corpus.pairs import Pair

PSQL_OPTIONS = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")
PSQL_TIMEOUT_S = 60

_ERROR = re.compile(r"^[^\n]*?(?:ERROR|FATAL|PANIC|error): .*", re.MULTILINE | re.DOTALL)
_SUBSCRIPTIONS = """
SELECT subname FROM pg_subscription JOIN pg_database AS database ON database.oid = subdbid
WHERE datname = %s"""
# What belongs to a database and is not in it: CREATE DATABASE ... TEMPLATE leaves it behind.
_LEFT_BEHIND = """
SELECT EXISTS (SELECT FROM pg_subscription WHERE subdbid = database.oid)
    OR EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = database.oid)
FROM pg_database AS database WHERE datname = %s"""


class LoadFailed(Exception):
    """PostgreSQL refuses a schema of a pair; the message is the server's."""


@dataclass(frozen=True)
class Bench:
    """A server and what it had at the start.

    Attributes:
        server: on which databases come and go.
        roles: the roles that stay.
    """

    server: Server
    roles: frozenset[str]

    @classmethod
    def of(cls, server: Server) -> "Bench":
        with connect(server.url) as connection:
            return cls(server, _roles(connection))

    def dump(self, url: DatabaseUrl) -> str:
        """The schema of a database with owners and privileges, as pg_dump writes it."""
        return run_program(program("pg_dump", self.server.major), url, ["--schema-only"])

    def restored(self, dump: str) -> str | None:
        """What a dump reads like once it was restored and dumped again; None where that fails."""
        with ExitStack() as stack:
            url = _database(self, stack)
            return None if self.run_script(url, dump) else self.dump(url)

    def run_script(self, url: DatabaseUrl, script: str) -> str:
        """Runs a script with psql; returns the error at which it stopped, "" when it did not."""
        call = invocation(program("psql", self.server.major), url, PSQL_OPTIONS)
        try:
            answer = subprocess.run(
                call.arguments,
                check=False,
                input=script,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env=call.environment,
                timeout=PSQL_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return f"psql: error: no end within {PSQL_TIMEOUT_S} s"
        if answer.returncode == 0:
            return ""
        found = _ERROR.search(answer.stderr)
        return found[0].strip() if found else f"psql: error: exit code {answer.returncode}"


@dataclass(frozen=True)
class Databases:
    """A pair, loaded.

    Attributes:
        old, new: its schemas.
        kept: the old schema again; None when nobody asked for it.
    """

    old: DatabaseUrl
    new: DatabaseUrl
    kept: DatabaseUrl | None


@contextmanager
def loaded(bench: Bench, pair: Pair, *, keep: bool) -> Iterator[Databases]:
    """The databases of a pair, for as long as the block lasts.

    Args:
        bench: where.
        pair: what.
        keep: have the old schema twice, one to change and one to compare with.

    Raises:
        LoadFailed: PostgreSQL refuses one of the schemas.
    """
    with ExitStack() as stack:
        stack.callback(_drop_roles, bench)
        _create_roles(bench, pair.roles)
        old, new = (_load(bench, sql, stack) for sql in (pair.old_sql, pair.new_sql))
        kept = _copy(bench, old, pair.old_sql, stack) if keep else None
        yield Databases(old, new, kept)


def _load(bench: Bench, sql: str, stack: ExitStack) -> DatabaseUrl:
    url = _database(bench, stack)
    if problem := bench.run_script(url, sql):
        raise LoadFailed(problem)
    return url


def _copy(bench: Bench, url: DatabaseUrl, sql: str, stack: ExitStack) -> DatabaseUrl:
    with connect(bench.server.url) as connection:
        row = connection.execute(_LEFT_BEHIND, [_name(url)]).fetchone()
    if row == (True,):
        return _load(bench, sql, stack)
    return _database(bench, stack, template=_name(url))


def _database(bench: Bench, stack: ExitStack, template: str | None = None) -> DatabaseUrl:
    url = stack.enter_context(bench.server.database(template))
    stack.callback(_drop_subscriptions, bench, url)
    return url


def _drop_subscriptions(bench: Bench, url: DatabaseUrl) -> None:
    """A database that has one cannot be dropped; what it subscribes to is left alone."""
    with connect(bench.server.url) as connection:
        names = [name for (name,) in connection.execute(_SUBSCRIPTIONS, [_name(url)])]
    if names:
        with connect(url) as connection:
            for name in map(Identifier, names):
                connection.execute(SQL("ALTER SUBSCRIPTION {} DISABLE").format(name))
                connection.execute(SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(name))
                connection.execute(SQL("DROP SUBSCRIPTION {}").format(name))


def _create_roles(bench: Bench, names: Iterable[str]) -> None:
    with connect(bench.server.url) as connection:
        there = _roles(connection)
        for name in names:
            if name not in there:
                connection.execute(SQL("CREATE ROLE {}").format(Identifier(name)))


def _drop_roles(bench: Bench) -> None:
    """Drops what was not there at the start, with what it may do to the server itself."""
    with connect(bench.server.url) as connection:
        if new := sorted(_roles(connection) - bench.roles):
            names = SQL(", ").join(map(Identifier, new))
            connection.execute(SQL("DROP OWNED BY {}").format(names))
            connection.execute(SQL("DROP ROLE {}").format(names))


def _roles(connection: Connection) -> frozenset[str]:
    return frozenset(name for (name,) in connection.execute("SELECT rolname FROM pg_roles"))


def _name(url: DatabaseUrl) -> str:
    return str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
