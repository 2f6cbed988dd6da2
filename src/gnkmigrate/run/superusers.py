"""Roles for whom no other should stand: superusers, and who may become one."""

from typing import LiteralString

from gnkmigrate.postgres.connection import Connection

# Who is a member of a superuser may become it, and so may the members of that member.
MAY_BECOME: LiteralString = """EXISTS (
    SELECT FROM pg_roles AS super
    WHERE super.rolsuper AND pg_has_role(pg_roles.oid, super.oid, 'MEMBER'))"""


def roles(connection: Connection) -> dict[str, bool]:
    """All roles of the server, and whether each is a superuser or may become one."""
    query = f"SELECT rolname::text, {MAY_BECOME} FROM pg_roles"
    return dict(connection.execute(query).fetchall())
