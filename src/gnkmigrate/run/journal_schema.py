"""The schemas of the journal and of what phases work with: whether they are there, and made."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors, sql

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run import ownership, trust

_WORKING = {
    own_objects.ARCHIVE: "gnkmigrate: tables and types of the old shape, for a rollback",
    own_objects.STAGING: "gnkmigrate: tables of the new shape, before they take their place",
}


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    try:
        yield
    except errors.InsufficientPrivilege as error:
        user = sql.Identifier(connection.info.user).as_string()
        raise PhaseRefused(
            f"Role {user} may not read gnkmigrate's journal in {connection.info.dbname}.",
            hint="Connect as its owner, or ask that one for: GRANT USAGE ON SCHEMA gnkmigrate"
            f" TO {user}; GRANT SELECT ON ALL TABLES IN SCHEMA gnkmigrate TO {user};",
        ) from error


def exists(connection: Connection) -> bool:
    """Whether this database has a journal, that is, whether gnkmigrate ever worked here.

    Raises:
        PhaseRefused: what is there is not to be trusted; see trust.py.
    """
    return trust.require(connection).has_journal


def create(connection: Connection) -> None:
    """Makes the journal's schema and tables where they are missing.

    Raises:
        PhaseRefused: the role may not create schemas, or somebody was there before.
    """
    if not exists(connection):
        with _creating(connection):
            connection.execute(query("run.sql", "journal"))
            ownership.keep_to_itself(connection, own_objects.JOURNAL)
            trust.require(connection)


def create_working_schemas(connection: Connection) -> None:
    """Makes the schemas that phases work with, where they are missing; see own.drop_empty.

    Raises:
        PhaseRefused: the role may not create schemas.
    """
    missing = _WORKING.keys() - own_objects.schemas(connection)
    if missing:
        with _creating(connection):
            for name in sorted(missing):
                comment = sql.Literal(_WORKING[name])
                connection.execute(
                    sql.SQL("CREATE SCHEMA {0}; COMMENT ON SCHEMA {0} IS {1}").format(
                        sql.Identifier(name), comment
                    )
                )
                ownership.keep_to_itself(connection, name)


@contextmanager
def _creating(connection: Connection) -> Iterator[None]:
    """A transaction in which schemas of ours are made."""
    try:
        with connection.transaction():
            yield
    except errors.InsufficientPrivilege as error:
        database = sql.Identifier(connection.info.dbname).as_string()
        user = connection.execute("SELECT quote_ident(current_user)").fetchone() or ("...",)
        raise PhaseRefused(
            f"The schemas of gnkmigrate cannot be created: {error.diag.message_primary}.",
            hint=f"Ask the owner of the database for: GRANT CREATE ON DATABASE {database}"
            f" TO {user[0]};",
        ) from error
