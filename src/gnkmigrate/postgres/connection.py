"""The one door to PostgreSQL: URLs, and sessions with pinned settings."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg
from psycopg import conninfo, sql

from gnkmigrate.errors import ConnectionRejected, SettingsError
from gnkmigrate.postgres.connection_errors import explained
from gnkmigrate.postgres.pooler import is_shared

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

MINIMUM_VERSION = 140000
TRANSACTION_TIMEOUT = 170000  # the first version that has this setting

# How values are written as text, and read from it.
SPELLING: tuple[tuple[str, str], ...] = (
    ("DateStyle", "ISO, YMD"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("xmloption", "content"),
)
# How definitions are printed, and what is written in their place.
PRINTING: tuple[tuple[str, str], ...] = (
    ("quote_all_identifiers", "off"),
    ("transform_null_equals", "off"),
)
# What a role or a database may have set, and what a session of ours therefore sets back.
# https://www.postgresql.org/docs/16/runtime-config-client.html
PINNED_SETTINGS: tuple[tuple[str, str], ...] = (
    ("statement_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("idle_session_timeout", "0"),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_deferrable", "off"),
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
    ("client_min_messages", "warning"),
    *SPELLING,
    *PRINTING,
    # What is made without saying where is made as in a database that says nothing of it.
    ("default_tablespace", ""),
    ("default_table_access_method", "heap"),
    ("row_security", "off"),
)

_DRIVER_SUFFIX = re.compile(r"^postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
# What libpq would read otherwise than it is meant, and say: a second @ in what stands before the
# parameters, or a slash before the first.
_UNCLEAR = re.compile(r"\w+://(?:[^@]*@[^?@]*@|[^@/]*:[^@/]*/[^?]*@)")


@dataclass(frozen=True)
class DatabaseUrl:
    """A database address in libpq's terms.

    Attributes:
        conninfo: libpq's keyword=value form; holds the password, so it is never shown.
    """

    conninfo: str

    @classmethod
    def parse(cls, text: str) -> "DatabaseUrl":
        """Reads what users write: libpq URLs and keywords, SQLAlchemy URLs, "service=...".

        Raises:
            SettingsError: libpq cannot read it; the message does not repeat the text.
        """
        libpq = _DRIVER_SUFFIX.sub("postgresql://", text.strip())
        if _UNCLEAR.match(libpq):
            raise SettingsError(
                "The database URL has more than one @, or a / before it, so it is unclear where "
                "the password ends.",
                hint="Write an @ in the user, the password or the database as %40, and / as %2F.",
            )
        try:
            return cls(conninfo.make_conninfo(libpq))
        except psycopg.Error:
            raise SettingsError(
                "The database URL cannot be read.",
                hint="Write it as postgresql://user:password@host:5432/database "
                "(percent-encode special characters) or as libpq keywords: host=... dbname=...",
            ) from None

    def __repr__(self) -> str:
        return f"DatabaseUrl({self})"

    def __str__(self) -> str:
        """The address without any secret, as user@host:port/database."""
        given = conninfo.conninfo_to_dict(self.conninfo)
        if given.get("service"):
            return f"service={given['service']}"
        user = given.get("user") or os.environ.get("PGUSER") or ""
        host = given.get("host") or os.environ.get("PGHOST") or "local socket"
        port = given.get("port") or os.environ.get("PGPORT") or "5432"
        database = given.get("dbname") or os.environ.get("PGDATABASE") or user
        return f"{user}{'@' if user else ''}{host}:{port}{'/' if database else ''}{database}"

    @classmethod
    def of(cls, connection: Connection) -> "DatabaseUrl":
        """Where a session is: the same server, whichever of several it is, user and database."""
        info = connection.info
        given = {
            **_chosen(info.get_parameters()),
            "password": info.password,
            "host": info.host or None,
            "hostaddr": info.hostaddr or None,
            "port": info.port,
        }
        return cls(conninfo.make_conninfo("", **given))

    def with_database(self, name: str) -> "DatabaseUrl":
        """The same server, another database."""
        return DatabaseUrl(conninfo.make_conninfo(self.conninfo, dbname=name))


def _chosen(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Without what libpq sets itself and programs before PostgreSQL 16 do not know.

    https://www.postgresql.org/docs/16/libpq-connect.html#LIBPQ-CONNECT-SSLCERTMODE
    """
    return dict(parameters.items() - {("sslcertmode", "allow")})


def connect(
    url: DatabaseUrl,
    *,
    read_only: bool = False,
    search_path: Sequence[str] = (),
    application_name: str = "gnkmigrate",
    session_class: type[Connection] = psycopg.Connection,
) -> Connection:
    """A session in autocommit whose settings do not depend on the role or the database.

    Args:
        url: where to connect.
        read_only: every transaction of the session is read-only.
        search_path: schemas for unqualified names, after pg_catalog, which is always first;
            pg_temp always comes last, so that a temporary object never shadows another
            (PostgreSQL manual, 5.10.3).
        application_name: shown in pg_stat_activity, so that a DBA knows who we are.
        session_class: a subclass of psycopg's, for one who wants to look in between.

    Raises:
        ConnectionFailed: no session, a server older than 14, or a pooler that shares sessions.
    """

    def open_session() -> Connection:
        try:
            return session_class.connect(
                url.conninfo, autocommit=True, application_name=application_name, connect_timeout=10
            )
        except psycopg.OperationalError as error:
            raise explained(str(url), error) from None

    connection = open_session()
    try:
        require_supported(url, connection.info.server_version)
        _require_own_session(url, shared=is_shared(connection, open_session))
        pin(connection, read_only=read_only, search_path=search_path)
    except BaseException as error:
        connection.close()
        if isinstance(error, psycopg.OperationalError):
            raise explained(str(url), error) from None
        raise
    return connection


def require_supported(url: DatabaseUrl, version: int) -> None:
    """Refuses servers that are too old.

    Args:
        url: the server's, for the message.
        version: its server_version_num.

    Raises:
        ConnectionFailed: it is older than 14.
    """
    if version < MINIMUM_VERSION:
        raise ConnectionRejected(
            f"The server at {url} is PostgreSQL {version // 10000}; "
            "gnkmigrate works with 14 and later.",
            hint="Upgrade the server first: older majors get no security fixes.",
        )


def _require_own_session(url: DatabaseUrl, *, shared: bool) -> None:
    if shared:
        raise ConnectionRejected(
            f"At {url} a connection pooler lends one session to many, a transaction at a time; "
            "gnkmigrate needs a session of its own, for its settings and its lock.",
            hint="Give PostgreSQL's own address with --url (its own port, often 5432 where the "
            "pooler's is 6432), or a pool with pool_mode = session.",
        )


def pin(connection: Connection, *, read_only: bool, search_path: Sequence[str]) -> None:
    """Sets the session's settings to known values, whatever the role's own are."""
    schemas = (*search_path, "pg_temp") if search_path else ("pg_catalog", "pg_temp")
    path = sql.SQL(", ").join(sql.Identifier(schema) for schema in schemas)
    settings = dict(PINNED_SETTINGS)
    settings["default_transaction_read_only"] = "on" if read_only else "off"
    if connection.info.server_version >= TRANSACTION_TIMEOUT:
        settings["transaction_timeout"] = "0"
    # Reading a definition waits for whoever is changing it; a reader gives up soon.
    settings["lock_timeout"] = "5s" if read_only else "0"
    statement = sql.SQL("; ").join(
        [
            *(
                sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                for name, value in settings.items()
            ),
            sql.SQL("SET search_path = {}").format(path),
        ]
    )
    connection.execute(statement)


def own_path(connection: Connection) -> tuple[str, ...]:
    """Where names are found that are not qualified, as the role and the database have it.

    Args:
        connection: a session with pinned settings, outside of a transaction.

    Returns:
        The schemas of its search_path that are there, without PostgreSQL's own.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('search_path', reset_val, true) FROM pg_catalog.pg_settings"
            " WHERE name = 'search_path'"
        )
        # This alone runs with that path, in which a type of somebody's could be called text.
        row = connection.execute(
            "SELECT pg_catalog.current_schemas(false)::pg_catalog.text[]"
        ).fetchone()
    return tuple(row[0]) if row else ()
