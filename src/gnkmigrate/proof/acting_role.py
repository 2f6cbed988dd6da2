"""Who runs a plan on a copy, and how: as on the live database.

What the plan makes belongs to the same role then, and what is set for the database is set.
"""

from contextlib import suppress

import psycopg
from psycopg import sql

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
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


def bring_settings(live: Connection, copy: DatabaseUrl) -> None:
    """Gives the copy what is set for the live database, and for roles in it: no dump has that.

    What cannot be set there is left out.
    """
    found = live.execute(query("proof.sql", "settings")).fetchall()
    with connect(copy) as session:
        ((database,),) = session.execute("SELECT current_database()").fetchall()
        place = sql.Identifier(database)
        for role, name, value in found:
            whose = sql.SQL("DATABASE {}").format(place)
            if role is not None:
                parts = (sql.Identifier(role), place)
                whose = sql.SQL("ROLE {} IN DATABASE {}").format(*parts)
            parameter = sql.Identifier(*name.split("."))
            set_it = sql.SQL("ALTER {} SET {} FROM CURRENT").format(whose, parameter)
            with suppress(psycopg.Error), session.transaction():
                session.execute("SELECT set_config(%s, %s, true)", (name, value))
                session.execute(set_it)


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
