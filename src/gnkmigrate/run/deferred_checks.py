"""Checks that wait for the end of a transaction, where several steps share one.

Step by step each of them commits, and its deferred checks are asked then. In a run of one
transaction (--atomic, a dry run) they would wait on, and PostgreSQL alters no table on which checks
are waiting: "it has pending trigger events" (manual: SET CONSTRAINTS).
"""

from psycopg import sql

from gnkmigrate.postgres.connection import Connection

# Of one name there may be several in a schema, and SET CONSTRAINTS means them all.
_DEFERRABLE = """
SELECT nspname, conname, bool_or(condeferred)
FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = connamespace
WHERE condeferrable AND NOT pg_catalog.pg_is_other_temp_schema(connamespace)
  AND pg_catalog.has_schema_privilege(connamespace, 'USAGE')
GROUP BY nspname, conname
ORDER BY nspname, conname
"""


def ask(connection: Connection) -> None:
    """Asks all checks that wait, as a COMMIT does, and lets them wait again as before.

    There is no RESET. So all are deferred, and those named that are not deferred by themselves: to
    name the deferred ones instead would be an error where one of the same name cannot be deferred.

    Raises:
        psycopg.errors.IntegrityError: rows do not hold what a constraint says.
    """
    found = connection.execute(_DEFERRABLE).fetchall()
    if not found:
        return
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    immediate = [sql.Identifier(schema, name) for schema, name, deferred in found if not deferred]
    if immediate:
        names = sql.SQL(", ").join(immediate)
        connection.execute(sql.SQL("SET CONSTRAINTS {} IMMEDIATE").format(names))
