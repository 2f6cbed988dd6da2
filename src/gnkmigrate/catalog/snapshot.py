"""A live database, read into a snapshot in one transaction."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads

from gnkmigrate.catalog import query
from gnkmigrate.catalog.assemble import AttachedRow, DependencyRow, FactRow, Rows, assemble
from gnkmigrate.catalog.collector import collector_paused
from gnkmigrate.catalog.model import Snapshot
from gnkmigrate.connection import Connection
from gnkmigrate.errors import GnkMigrateError


def read_snapshot(
    connection: Connection,
    *,
    ignore: Sequence[str] = (),
    schemas: Sequence[str] | None = None,
    skipped: Sequence[int] = (),
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

    Raises:
        GnkMigrateError: the role may not read a catalog, or the schema changed meanwhile.
    """
    with collector_paused():
        with _reading(connection):
            rows = _rows(connection, schemas, skipped)
        facts = assemble(rows, ignore)
        return Snapshot.of(facts, connection.info.server_version, connection.info.dbname)


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


def _rows(connection: Connection, schemas: Sequence[str] | None, skipped: Sequence[int]) -> Rows:
    queries = query.folder("queries")
    names = None if schemas is None else list(schemas)
    outermost = [
        FactRow(*row) for row in _fetch(connection, queries[query.OUTERMOST], {"names": names})
    ]
    oids = {"schemas": [row.objid for row in outermost], "skipped": list(skipped)}
    return Rows(
        facts={query.OUTERMOST: outermost}
        | {
            kind: [FactRow(*row) for row in _fetch(connection, text, oids)]
            for kind, text in queries.items()
            if kind != query.OUTERMOST
        },
        attached={
            kind: [AttachedRow(*row) for row in _fetch(connection, text)]
            for kind, text in query.folder("attached").items()
        },
        dependencies=[
            DependencyRow(*row) for row in _fetch(connection, query.text("dependencies"))
        ],
    )


def _fetch(
    connection: Connection, text: LiteralString, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    with psycopg.Cursor(connection) as cursor:
        set_json_loads(_json, cursor)
        return cursor.execute(text, parameters, prepare=False).fetchall()


_decode = json.JSONDecoder().raw_decode


def _json(data: str | bytes) -> Any:
    """What json.loads does, without its guess of the encoding: it is UTF-8."""
    return _decode(data if isinstance(data, str) else str(data, "utf-8"))[0]
