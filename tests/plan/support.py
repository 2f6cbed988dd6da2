"""A plan's three promises, on a real server: it runs, it arrives, and it tells the truth.

Every statement runs in a transaction of its own, where it can, and what it says of its lock and
of rewriting the table is held against pg_locks and the table's file.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.support import execute

# From weak to strong (manual, 13.3.1).
LOCKS = (
    "",
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)


@dataclass(frozen=True)
class Pair:
    """A database, its facts, and the facts that it shall have."""

    url: DatabaseUrl
    source: Snapshot
    target: Snapshot


@contextmanager
def pair(server: Server, before: str, after: str) -> Iterator[Pair]:
    """A database with the schema `before`; that of `after` was there for a moment."""
    with server.database() as url:
        with connect(url, search_path=["public"]) as connection:
            with connection.transaction(force_rollback=True):
                connection.execute(after.encode())
                target = read_snapshot(connection)
            connection.execute(before.encode())
            source = read_snapshot(connection)
        yield Pair(url, source, target)


def migrate(
    server: Server, before: str, after: str, *, online: bool = True, rows: str = ""
) -> tuple[str, ...]:
    """The SQL of the plan from one schema to the other, once it has kept its promises.

    Args:
        server: where the databases are made.
        before: the source's SQL.
        after: the target's SQL.
        online: as for `plan`.
        rows: SQL that puts rows into the source.
    """
    with pair(server, before, after) as given:
        if rows:
            execute(given.url, rows)
        return tuple(each.sql for each in arrive(given, online=online))


def arrive(given: Pair, *, online: bool = True, source_timezone: str = "UTC") -> Statements:
    """Plans and runs, and looks whether no difference is left."""
    changes = compare(given.source, given.target)
    zone = source_timezone
    statements = plan(changes, given.source, given.target, online=online, source_timezone=zone)
    with connect(given.url) as connection:
        run(connection, statements)
        left = compare(read_snapshot(connection), given.target)
    assert left == (), [f"{each.verb} {each.identity} {each.differing}" for each in left]
    return statements


def run(connection: Connection, statements: Statements) -> None:
    """Runs a plan and checks what its statements say of themselves."""
    before = _names(connection)
    for statement in statements:
        try:
            _run(connection, statement, before)
        except psycopg.Error as error:
            error.add_note(statement.sql)
            raise


def _run(connection: Connection, statement: Statement, before: dict[int, str]) -> None:
    if not statement.transactional:
        connection.execute(statement.sql.encode())
        return
    with connection.transaction():
        oid, file = _relation(connection, statement)
        connection.execute(statement.sql.encode())
        # A rename may have come between; what the plan itself has made nobody waits for.
        names = {each: name for each, name in _names(connection).items() if each in before}
        _look_beside(connection, names, oid, statement)
        if oid is None:
            return
        held, now = _strongest_lock(connection, oid), _file(connection, oid)
        assert statement.lock == held, f"{held or 'no'} lock: {statement}"
        assert statement.rewrites or now in {file, None}, f"a rewrite: {statement}"


def _relation(connection: Connection, statement: Statement) -> tuple[int | None, int | None]:
    row = connection.execute(
        "SELECT oid, CASE WHEN relkind <> 'S' THEN pg_relation_filenode(oid) END "
        "FROM pg_class WHERE oid = to_regclass(NULLIF(%s, ''))",
        [statement.relation],
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


_JOINS_OR_DROPS = re.compile(r"^DROP TABLE | (ATTACH|DETACH) PARTITION ")
_BELOW = """
WITH RECURSIVE below AS (
    SELECT %s::oid AS oid
    UNION SELECT inhrelid FROM pg_inherits JOIN below ON inhparent = below.oid
)
SELECT oid FROM below
"""


def _names(connection: Connection) -> dict[int, str]:
    """The names of the tables and views that are there, as statements say them."""
    return dict(
        connection.execute(
            "SELECT oid, format('%I.%I', relnamespace::regnamespace::text, relname) FROM pg_class "
            "WHERE oid >= 16384 AND relkind IN ('r', 'p', 'f', 'v', 'm')"
        ).fetchall()
    )


def _look_beside(
    connection: Connection, names: dict[int, str], itself: int | None, statement: Statement
) -> None:
    """Whether the statement names the other relations whose writers have to wait, and no more.

    What is announced for a table holds for its partitions and children as well.
    """
    held = {oid: _strongest_lock(connection, oid) for oid in names if oid != itself}
    strong = {names[oid]: lock for oid, lock in held.items() if lock in LOCKS[5:]}
    below = {names.get(row[0], "") for row in connection.execute(_BELOW, [itself]).fetchall()}
    announced = dict(statement.beside)
    # Whether a foreign key is there yet, or still, nobody knows where tables go, join or part.
    if not _JOINS_OR_DROPS.search(statement.sql):
        assert announced.items() <= strong.items(), f"it locks {strong}: {statement}"
    unsaid = {name: lock for name, lock in strong.items() if name not in {*announced, *below}}
    assert not unsaid, f"it locks {unsaid} as well: {statement}"


def _file(connection: Connection, oid: int) -> int | None:
    row = connection.execute(
        "SELECT pg_relation_filenode(oid) FROM pg_class WHERE oid = %s AND relkind <> 'S'", [oid]
    ).fetchone()
    return row[0] if row else None


def _strongest_lock(connection: Connection, oid: int) -> str:
    rows = connection.execute(
        "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = %s", [oid]
    ).fetchall()
    held = ["".join(_spaced(mode.removesuffix("Lock"))) for (mode,) in rows]
    return max(held, key=LOCKS.index, default="")


def _spaced(mode: str) -> Iterator[str]:
    """AccessExclusive as ACCESS EXCLUSIVE."""
    for position, letter in enumerate(mode):
        yield f" {letter}" if position and letter.isupper() else letter.upper()


@dataclass(frozen=True)
class Case:
    """Two schemas and the statements between them, as PostgreSQL prints them from `since` on."""

    before: str
    after: str
    expected: tuple[str, ...]
    online: bool = True
    rows: str = ""
    since: int = 0

    def migrate(self, server: Server) -> tuple[str, ...]:
        if server.version < self.since:
            pytest.skip(f"PostgreSQL {self.since // 10000} does, or prints, it otherwise")
        return migrate(server, self.before, self.after, online=self.online, rows=self.rows)


def case(
    before: str,
    after: str,
    *expected: str,
    online: bool = True,
    rows: str = "",
    since: int = 0,
) -> Case:
    return Case(before, after, expected, online, rows, since)
