"""A live database, read into a snapshot in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, LiteralString, NamedTuple, Self

from psycopg import errors
from psycopg.pq import TransactionStatus

from gnkmigrate import own_objects
from gnkmigrate.collector import collector_paused
from gnkmigrate.errors import CatalogLocked, GnkMigrateError
from gnkmigrate.facts.assembling import OF_NO_KIND, assemble, in_order
from gnkmigrate.facts.sessions import FOR_CATALOGS, Query, answers, run
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.unread import unread
from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.prepared_transaction import PreparedTransaction
from gnkmigrate.postgres.sql_files import query

# From how many bytes of pg_class on, about 2,000 relations, a second session is worth connecting.
_LARGE = 500_000
_NAMED = 5


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
        CatalogLocked: somebody's lock is in the way.
        GnkMigrateError: the role may not read a catalog, or the schema changed meanwhile.
    """
    with collector_paused():
        is_idle = connection.info.transaction_status == TransactionStatus.IDLE
        with _reading(connection):
            ((role, catalogs, size, locale),) = run(
                connection, Query(query("facts", "session"))
            ).rows
            given = {
                "names": None if schemas is None else list(schemas),
                "own": own_objects.schemas(connection),
                "skipped": list(skipped),
            }
            read = [
                row[0] for row in run(connection, Query(query("kinds.schema", "read"), given)).rows
            ]
            queries = _queries(_present(connection, roles=roles), {**given, "schemas": read})
            # Other sessions do not see what this one has not committed.
            with answers(connection, queries, several=is_idle and size > _LARGE) as tables:
                facts, homeless = assemble(tables, catalogs, ignore)
            left = unread(connection, facts.values(), read, homeless)
        info = connection.info
        snapshot = Snapshot(
            MappingProxyType(facts),
            info.server_version,
            info.dbname,
            role,
            unread=left,
            locale=locale,
        )
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
            connection.execute(FOR_CATALOGS)
            yield
    except errors.LockNotAvailable as error:
        raise CatalogLocked(
            "Definitions cannot be read: somebody holds a lock that keeps others out.",
            details=_held(connection),
            hint="Try again when they have finished, or end their session: "
            "SELECT pg_terminate_backend(PID). A prepared transaction stays until it is committed "
            "or rolled back.",
        ) from error
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


class Holder(NamedTuple):
    """Who lets nobody else at a relation: its oid and name, and the session or transaction."""

    oid: int
    relation: str
    name: str
    about: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Self:
        """That of a row of holders.sql; a prepared transaction has no process."""
        oid, relation, pid, user, state, age, *prepared = row
        if pid is None:
            transaction = PreparedTransaction(*prepared)
            return cls(oid, relation, transaction.name, transaction.about)
        return cls(oid, relation, f"process {pid}", f"{user}, {state}, for {age}")


def holders(connection: Connection) -> tuple[Holder, ...]:
    """Who keeps definitions of this database from being read, by the relation's name."""
    found = connection.execute(query("facts", "holders"), prepare=False).fetchall()
    return tuple(Holder.of(row) for row in found)


def _held(connection: Connection) -> Sequence[str]:
    """The same in words, where the session can still ask."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        return ()
    return [
        f"{each.name} ({each.about}) holds ACCESS EXCLUSIVE on {each.relation}"
        for each in holders(connection)[:_NAMED]
    ]


def _present(connection: Connection, *, roles: bool) -> Sequence[Kind]:
    """The kinds of which there may be something: of most, a small database has nothing."""
    version = connection.info.server_version
    asked = [
        kind for kind in kinds().values() if version >= kind.since and (roles or not kind.of_server)
    ]
    places = sorted({kind.found_in for kind in asked if kind.found_in})
    exists: LiteralString = ", ".join([f"EXISTS (SELECT FROM {place})" for place in places])
    (found,) = run(connection, Query(f"SELECT {exists}")).rows
    empty = {place for place, any_there in zip(places, found, strict=True) if not any_there}
    return [kind for kind in asked if kind.found_in not in empty]


def _queries(present: Iterable[Kind], given: Mapping[str, Any]) -> dict[str, Query]:
    """All of them, in the order in which facts are put together."""
    of_kinds = {
        kind.name: Query(query(f"kinds.{kind.name.replace(' ', '_')}", "read"), given)
        for kind in in_order(present)
    }
    first, last = (
        {name: Query(query("facts", name), given) for name in names} for names in OF_NO_KIND
    )
    return first | of_kinds | last
