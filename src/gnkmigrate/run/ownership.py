"""To whom what gnkmigrate makes belongs, and who may do what with it.

A function that a trigger of ours calls belongs to the owner of that trigger's table, and has no
rights but that one's. The schemas, and the tables in them, are the migrating role's alone.
"""

from collections.abc import Mapping

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

# What a default privilege of the migrating role has given away (manual, ALTER DEFAULT PRIVILEGES).
_GIVEN = """
SELECT DISTINCT format(
    'REVOKE ALL ON %%s %%s FROM %%s', word, thing,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM (
    SELECT 'SCHEMA' AS word, quote_ident(nspname) AS thing, nspowner AS owner, nspacl AS acl
    FROM pg_namespace WHERE nspname = %(schema)s
    UNION ALL
    SELECT 'TABLE', format('%%I.%%I', nspname, relname), relowner, relacl
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = %(schema)s AND relkind = 'r'
) AS made CROSS JOIN LATERAL aclexplode(acl)
WHERE grantee <> owner
"""
# Everybody may call a function unless it is said otherwise.
_CALLED = """
SELECT DISTINCT format(
    'REVOKE ALL ON FUNCTION %%s FROM %%s', pg_proc.oid::regprocedure,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_proc CROSS JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner)))
WHERE pg_proc.oid = %(function)s::regprocedure AND grantee <> proowner
"""


def settle(connection: Connection) -> None:
    """Gives the functions of schema gnkmigrate to whom they belong, whoever has made them.

    To be done in the transaction that made them, before anybody else sees them.

    Args:
        connection: the session of the role that has made them.

    Raises:
        psycopg.errors.ObjectNotInPrerequisiteState: one is to serve tables of several owners.
    """
    connection.execute(query("run.sql", "ownership"))


def keep_to_itself(connection: Connection, schema: str) -> None:
    """Takes a schema of ours, and its tables, from everybody but their owner.

    Args:
        connection: a session in the transaction that has made them.
        schema: its name.
    """
    _take(connection, _GIVEN, {"schema": schema})


def keep_function_to_itself(connection: Connection, function: str) -> None:
    """Takes a function of ours from everybody but its owner.

    Args:
        connection: a session in the transaction that has made it.
        function: its name and the types of its arguments, as SQL.
    """
    _take(connection, _CALLED, {"function": function})


def _take(connection: Connection, query: str, about: Mapping[str, str]) -> None:
    for (statement,) in connection.execute(query.encode(), about).fetchall():
        connection.execute(statement.encode())
