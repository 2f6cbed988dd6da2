"""A live database, read into a snapshot in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from psycopg import errors
from psycopg.pq import TransactionStatus

from gnkmigrate.connection import Connection
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.assembling import Rows, assemble, fields_of
from gnkmigrate.facts.collector import collector_paused
from gnkmigrate.facts.dependencies import Dependencies, DependencyRow
from gnkmigrate.facts.query import query
from gnkmigrate.facts.sessions import Query, Table, run, run_all
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.unread import unread
from gnkmigrate.kinds import kinds

_OUTERMOST = "schema"
_DEPENDENCIES = "dependencies"
_COLUMN_NAMES = "column_names"

# What takes longest in a large catalog, and from how many relations on it is one.
_HEAVY = ("index", "default", "column", _DEPENDENCIES, "constraint")
_LARGE = 2_000


def read_snapshot(
    connection: Connection,
    *,
    ignore: Sequence[str] = (),
    schemas: Sequence[str] | None = None,
    skipped: Sequence[int] = (),
    roles: bool = False,
) -> Snapshot:
    """All facts of a database (docs/facts.md says which), by a fixed number of queries.

    They are read in one REPEATABLE READ, READ ONLY transaction. On a connection that is inside
    a transaction already, they are read inside that one, so that a change that is not yet
    committed can be looked at; afterwards it is as it was before.

    Args:
        connection: any session with the database; its settings are not changed.
        ignore: patterns (fnmatch) of objects that are somebody else's, "schema.name".
        schemas: the schemas to read; None for all that are not PostgreSQL's or gnkmigrate's.
        skipped: oids of tables and views that are not looked at, with all that belongs to them.
        roles: whether to read what belongs to the server and to no database.

    Raises:
        GnkMigrateError: the role may not read a catalog, or the schema changed meanwhile.
    """
    with collector_paused():
        outermost = connection.info.transaction_status == TransactionStatus.IDLE
        with _reading(connection):
            role, rows = _rows(connection, schemas, skipped, roles=roles, several=outermost)
            facts, homeless = assemble(rows, ignore)
            read = [row[0] for row in rows.tables[_OUTERMOST].rows]
            left = unread(connection, facts, read, homeless)
        version = connection.info.server_version
        snapshot = Snapshot.of(facts, version, connection.info.dbname, role, left)
        of_server = frozenset(name for name, kind in kinds().items() if kind.of_server)
        return snapshot if roles else replace(snapshot, unstated=of_server)


@contextmanager
def _reading(connection: Connection) -> Iterator[None]:
    """A transaction that sees one moment, finds pg_catalog alone and leaves nothing behind."""
    outermost = connection.info.transaction_status == TransactionStatus.IDLE
    try:
        with connection.transaction(force_rollback=True):
            if outermost:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute("SET TRANSACTION READ ONLY")
            # pg_get_indexdef and its like qualify every name that the path does not find.
            connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
            yield
    except errors.InsufficientPrivilege as error:
        raise GnkMigrateError(
            f"Role {connection.info.user} may not read the catalog: {error.diag.message_primary}.",
            hint="Ask the database's owner for SELECT on that catalog; PostgreSQL grants it "
            "to PUBLIC unless somebody has revoked it.",
        ) from error
    except (errors.InternalError_, errors.UndefinedObject, errors.UndefinedTable) as error:
        raise GnkMigrateError(
            f"The schema of {connection.info.dbname} changed while it was being read: "
            f"{error.diag.message_primary}.",
            hint="Try again when nobody else is changing the schema.",
        ) from error


def _rows(
    connection: Connection,
    schemas: Sequence[str] | None,
    skipped: Sequence[int],
    *,
    roles: bool,
    several: bool,
) -> tuple[str, Rows]:
    (session,) = run(connection, Query(query("facts", "session"))).rows
    role, catalogs, relations = session
    names = None if schemas is None else list(schemas)
    outermost = run(connection, Query(query("kinds.schema", "read"), {"names": names}))
    oids = {"schemas": [row[0] for row in outermost.rows], "skipped": list(skipped)}
    version = connection.info.server_version
    wanted = {
        name: Query(query(f"kinds.{name.replace(' ', '_')}", "read"), oids)
        for name, kind in kinds().items()
        if name != _OUTERMOST and version >= kind.since and (roles or not kind.of_server)
    }
    wanted |= {name: Query(query("facts", name)) for name in (_DEPENDENCIES, _COLUMN_NAMES)}
    ordered = {name: wanted[name] for name in (*_HEAVY, *(wanted.keys() - {*_HEAVY}))}
    large = relations > _LARGE
    read = run_all(connection, ordered, several=several and large)
    found = [DependencyRow(*row) for row in read.pop(_DEPENDENCIES).rows]
    columns = read.pop(_COLUMN_NAMES).rows
    inherited = {(row[0], row[1]): (row[3], row[4]) for row in columns if row[3] is not None}
    known = Dependencies(found, catalogs["pg_extension"], catalogs["pg_class"], inherited)
    tables = {name: _without_address(name, table) for name, table in read.items()}
    tables[_OUTERMOST] = _without_address(_OUTERMOST, outermost)
    return role, Rows(tables, catalogs, known, [row[:3] for row in columns])


def _without_address(name: str, table: Table) -> Table:
    return Table(fields_of(table.fields, satellite=kinds()[name].is_satellite), table.rows)
