"""What in a database is gnkmigrate's own: the one place that knows its schemas."""

from collections.abc import Sequence

from psycopg import sql

from gnkmigrate.postgres.connection import Connection

JOURNAL = "gnkmigrate"
ARCHIVE = "gnkmigrate_archive"
STAGING = "gnkmigrate_staging"
# What works as a table's owner, who may not name it there; it lasts as long as a step does.
ACTING = "gnkmigrate_acting"
# Not the schema with all that is in it: what somebody else has put there is his.
DROP_WRITERS = (
    f"DROP FUNCTION IF EXISTS {ACTING}.write(text), {ACTING}.code(regclass[]),"
    f" {ACTING}.require_same()"
)
# Where the views of the old shape go, unless the setting phases.legacy_schema names another.
LEGACY = "gnkmigrate_legacy"
# How the comment on that schema begins: a name that the settings choose does not tell whose it is.
LEGACY_COMMENT = "gnkmigrate: views of the old shape"

# The oids of the schemas of such views, as a subquery.
LEGACY_OIDS = (
    "SELECT namespace.oid FROM pg_catalog.pg_namespace AS namespace WHERE starts_with("
    "coalesce(pg_catalog.obj_description(namespace.oid, 'pg_namespace'), ''),"
    f" '{LEGACY_COMMENT}')"
)
# The old columns that conversions keep beside new ones, as a subquery for (attrelid, attnum): their
# defaults call a function of ours. Columns that are being built call another one.
KEPT_COLUMNS = f"""
    SELECT definition.adrelid, definition.adnum
    FROM pg_catalog.pg_attrdef AS definition
    JOIN pg_catalog.pg_depend AS call
      ON call.classid = 'pg_catalog.pg_attrdef'::regclass AND call.objid = definition.oid
     AND call.refclassid = 'pg_catalog.pg_proc'::regclass
    JOIN pg_catalog.pg_proc AS called ON called.oid = call.refobjid
    WHERE called.pronamespace = to_regnamespace('{JOURNAL}') AND called.proname = 'kept'
"""
_NAMES = f"""
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE nspname = ANY (%s) OR oid IN ({LEGACY_OIDS}) ORDER BY 1
"""
# Whatever is in a schema, of whatever kind, depends on it.
_EMPTY = f"""
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE (nspname = ANY (%s) OR oid IN ({LEGACY_OIDS})) AND pg_catalog.pg_has_role(nspowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                  WHERE refclassid = 'pg_catalog.pg_namespace'::regclass
                    AND refobjid = pg_namespace.oid)
ORDER BY 1
"""
_OWNED = """
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE nspname = ANY (%s) AND pg_catalog.pg_has_role(nspowner, 'USAGE')
"""


def schemas(connection: Connection) -> list[str]:
    """The schemas of a database that are gnkmigrate's, which are no part of anybody's schema."""
    return _found(connection, _NAMES, (JOURNAL, ARCHIVE, STAGING, ACTING))


def legacy_schema(connection: Connection) -> str | None:
    """The one of them that holds the views of the old shape; None before there is a view."""
    return next(iter(_found(connection, _NAMES, ())), None)


def drop_empty_legacy(connection: Connection) -> None:
    """Drops the schema of the views once the last of them is gone."""
    _drop(connection, _found(connection, _EMPTY, ()))


def drop_empty(connection: Connection) -> None:
    """Drops what is empty of all but the journal's schema: nothing is kept in them any more."""
    if _found(connection, _OWNED, (ACTING,)):  # left by a run that was cut off
        connection.execute(DROP_WRITERS)
    _drop(connection, _found(connection, _EMPTY, (ARCHIVE, STAGING, ACTING)))


def kept_columns(connection: Connection, table: str) -> list[str]:
    """The old columns of a table, quoted, that are kept beside new ones."""
    query = (
        "SELECT attname::text FROM pg_catalog.pg_attribute"
        " WHERE attrelid = pg_catalog.to_regclass(%s)"
        f" AND (attrelid, attnum) IN ({KEPT_COLUMNS}) ORDER BY attnum"
    )
    return [row[0] for row in connection.execute(query.encode(), (table,)).fetchall()]


def _found(connection: Connection, query: str, names: Sequence[str]) -> list[str]:
    rows = connection.execute(query.encode(), ([*names],), prepare=False).fetchall()
    return [row[0] for row in rows]


def _drop(connection: Connection, names: Sequence[str]) -> None:
    for name in names:
        connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(name)))
