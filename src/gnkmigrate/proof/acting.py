"""Who runs a plan on a copy: as on the live database, so that what it makes belongs to the same."""

import psycopg
from psycopg import sql

from gnkmigrate.connection import Connection
from gnkmigrate.servers import Server

_ROLES = "SELECT rolname FROM pg_roles WHERE NOT starts_with(rolname, 'pg_')"


def bring_roles(live: Connection, session: Connection, server: Server) -> None:
    """Makes the roles of the live server on a server of ours, where the plan may name them.

    Args:
        live: a session with the live database.
        session: one with the copy.
        server: the copy's.
    """
    if not server.is_ours:
        return
    there = {name for (name,) in session.execute(_ROLES)}
    for (name,) in live.execute(_ROLES).fetchall():
        if name not in there:
            session.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))


def act_as(session: Connection, role: str, server: Server) -> str:
    """Lets a session act as a role of the live database; gives the role that it acts as.

    On a server of ours it is made where it is not there, and may do anything: what a role of the
    live database may do is not what a copy can show.

    Args:
        session: with the copy.
        role: as it is called on the live database; "" where nobody knows.
        server: the copy's.
    """
    ((current,),) = session.execute("SELECT current_user").fetchall()
    if not role or role == current:
        return str(current)
    name = sql.Identifier(role)
    try:
        with session.transaction():
            if server.is_ours:
                there = session.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
                verb = sql.SQL("ALTER" if there.fetchone() is not None else "CREATE")
                session.execute(sql.SQL("{} ROLE {} SUPERUSER").format(verb, name))
            session.execute(sql.SQL("SET ROLE {}").format(name))
    except psycopg.Error:
        return str(current)
    return role
