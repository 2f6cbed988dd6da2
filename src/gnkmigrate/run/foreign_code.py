"""Code of others that would run with the rights of whoever migrates.

A trigger, a default, a check of a table or of a domain, an index on an expression and an event
trigger run as the role whose statement sets them off (PostgreSQL manual, 38.1 and CREATE FUNCTION,
SECURITY INVOKER). Where their function belongs to a role with fewer rights, that role decides what
a superuser does. What such a function calls in turn is in its text, which nobody can read for sure.
"""

from collections.abc import Iterable, Sequence

from psycopg import sql

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.names import quoted
from gnkmigrate.run.phase import Phase


def of_phases(phases: Iterable[Phase]) -> Sequence[str]:
    """The tables that phases touch, each quoted."""
    return sorted({quoted(table) for phase in phases for table in phase.tables})


def foreign_code(
    connection: Connection, tables: Sequence[str], schemas: Sequence[str] = ()
) -> tuple[str, ...]:
    """What would run with the session's rights and belongs to a role that lacks them.

    Args:
        connection: the session; the rights that count are those of its current_user.
        tables: those that will be written or changed, quoted; event triggers come with any.
        schemas: those in which a revision's own SQL looks for names.

    Returns:
        A line each, as "trigger a on table b: function c() of d".
    """
    rows = connection.execute(
        query("run.sql", "foreign_code"), {"tables": list(tables), "schemas": list(schemas)}
    ).fetchall()
    return tuple(row[0] for row in rows)


def require_trust(
    connection: Connection, tables: Sequence[str], schemas: Sequence[str], *, trusted: bool
) -> None:
    """Refuses `foreign_code` that the user has not seen and allowed.

    Raises:
        PhaseRefused: there is some.
    """
    found = () if trusted else foreign_code(connection, tables, schemas)
    if not found:
        return
    row = connection.execute("SELECT current_user").fetchone() or ("",)
    role = sql.Identifier(row[0]).as_string()
    raise PhaseRefused(
        f"Code of roles with fewer rights would run with those of role {role}; "
        "nothing was changed.",
        details=found,
        hint="Connect as the owner of the tables, if that is no superuser. Or read these "
        "functions, then add --trust-triggers (for Alembic: GNKMIGRATE_TRUST_TRIGGERS=true).",
    )
