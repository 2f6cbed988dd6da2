"""Whether what has gnkmigrate's names in a database is gnkmigrate's, and nobody's trap.

Whoever may create a schema can make one called `gnkmigrate` before we come, with triggers that run
with the rights of whoever migrates; and what the journal remembers, such as the definition of an
index, is run on the way back. So owner, definition and what hangs on the journal's tables are
looked at before the first statement that reads or writes them.
"""

from dataclasses import dataclass
from functools import cache

from psycopg import sql
from psycopg.types.json import Jsonb

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

# The columns of the journal's tables as PostgreSQL says them; journal.sql makes them.
_COLUMNS = {
    "run": (
        "number bigint NOT NULL",
        "phase text NOT NULL",
        "revision text NOT NULL",
        "direction text NOT NULL",
        "state text NOT NULL",
        "checksum text NOT NULL",
        "steps integer NOT NULL",
        "rows bigint NOT NULL DEFAULT 0",
        "parameters jsonb NOT NULL",
        "error text",
        "tool_version text NOT NULL",
        "database_user text NOT NULL DEFAULT SESSION_USER",
        "started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()",
        "finished_at timestamp with time zone",
    ),
    "step": (
        "phase text NOT NULL",
        "direction text NOT NULL",
        "name text NOT NULL",
        "state text NOT NULL",
        "checksum text NOT NULL",
        "rows bigint NOT NULL DEFAULT 0",
        "checkpoint jsonb",
        "run bigint NOT NULL",
        "started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()",
        "finished_at timestamp with time zone",
    ),
    "memory": ("phase text NOT NULL", "key text NOT NULL", "value jsonb NOT NULL"),
    "alembic_version": ("version_num character varying(32) NOT NULL",),
    "overflow": (
        "id uuid NOT NULL DEFAULT gen_random_uuid()",
        "phase text NOT NULL",
        "relation text NOT NULL",
        "reason text NOT NULL",
        "content jsonb NOT NULL",
        "spilled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()",
    ),
}


@dataclass(frozen=True)
class Found:
    """What there is under gnkmigrate's names.

    Attributes:
        has_journal: whether there is a journal.
        owned_by_others: what belongs to a role that has other rights than the session's, a line
            each, such as "schema gnkmigrate belongs to app".
        planted: what gnkmigrate has not made so, a line each.
    """

    has_journal: bool
    owned_by_others: tuple[str, ...]
    planted: tuple[str, ...]


@cache
def _query() -> bytes:
    return query("run.sql", "trust").replace("{legacy}", own_objects.LEGACY_OIDS).encode()


def look(connection: Connection, *, writing: bool = False) -> Found:
    """Asks the catalog; where nothing has our names, as before the first phase, that is soon said.

    Args:
        connection: the session; the rights that count are those of its current_user.
        writing: whether the journal will be written, and what it remembers be run. A superuser
            then does not believe the owner of the database either, who is no superuser.
    """
    if not own_objects.schemas(connection):
        return Found(has_journal=False, owned_by_others=(), planted=())
    asked = {
        "journal": own_objects.JOURNAL,
        "schemas": [
            own_objects.JOURNAL,
            own_objects.ARCHIVE,
            own_objects.STAGING,
            own_objects.ACTING,
        ],
        "tables": list(_COLUMNS),
        "columns": Jsonb(_COLUMNS),
        "writing": writing,
    }
    row = connection.execute(_query(), asked).fetchone()
    if row is None:
        raise TypeError("a SELECT without FROM gives a row")
    has_journal, owned_by_others, planted = row
    return Found(has_journal, tuple(owned_by_others), tuple(planted))


def require(connection: Connection, *, writing: bool = False, trusts_owners: bool = False) -> Found:
    """`look`, and refuses what is not to be trusted.

    Args:
        connection: the session.
        writing: as for `look`.
        trusts_owners: whether the user says that other owners are all right; what gnkmigrate has
            not made never is.

    Raises:
        PhaseRefused: something under our names belongs to others, or is not as we make it.
    """
    found = look(connection, writing=writing)
    if found.planted:
        raise _refused(connection, (*found.owned_by_others, *found.planted), _PLANTED)
    if found.owned_by_others and not trusts_owners:
        raise _refused(connection, found.owned_by_others, _OWNED)
    return found


_PLANTED = (
    "Find out who made it. Where nothing has been migrated yet: DROP SCHEMA gnkmigrate CASCADE; "
    "otherwise take away what is listed, as its owner or a superuser."
)
_OWNED = (
    "Connect as the owner that is named, with whom the upgrades began. If that is nobody whom you "
    "know, and nothing has been migrated yet: DROP SCHEMA gnkmigrate CASCADE"
)


def _refused(connection: Connection, details: tuple[str, ...], hint: str) -> PhaseRefused:
    row = connection.execute("SELECT current_user").fetchone() or ("",)
    role = sql.Identifier(row[0]).as_string()
    return PhaseRefused(
        f"What is called gnkmigrate in {connection.info.dbname} is not to be trusted by role "
        f"{role}: its code could run with that role's rights. Nothing was read or changed.",
        details=details,
        hint=hint,
    )
