"""What a step needs to know about a table of the database it works on."""

from collections.abc import Mapping, Sequence
from typing import Any

from gnkmigrate import own_objects
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

Column = Mapping[str, Any]
Columns = Mapping[str, Column]

_COLUMN_KEYS = ("type", "base_type", "not_null", "default", "options", "identity")
_COLUMNS = """
SELECT attname::text,
       format_type(atttypid, atttypmod) || coalesce(
           (SELECT format(' COLLATE %%I.%%I', nspname, collname)
            FROM pg_collation JOIN pg_namespace ON pg_namespace.oid = collnamespace
            WHERE pg_collation.oid = attcollation AND attcollation <> typcollation), ''),
       format_type(atttypid, NULL), attnotnull, pg_get_expr(adbin, adrelid),
       array_remove(ARRAY[
           CASE WHEN attstattarget >= 0 THEN format('SET STATISTICS %%s', attstattarget) END,
           CASE WHEN attstorage <> typstorage THEN 'SET STORAGE '
               || CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                  WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
           CASE attcompression WHEN 'p' THEN 'SET COMPRESSION pglz'
                               WHEN 'l' THEN 'SET COMPRESSION lz4' END,
           'SET (' || array_to_string(attoptions, ', ') || ')'], NULL),
       attidentity::text
FROM pg_attribute
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attname = ANY (%s) AND NOT attisdropped
ORDER BY attnum
"""
_DEFAULTS = """
SELECT attname::text, pg_get_expr(adbin, adrelid)
FROM pg_attribute
JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attgenerated = '' AND NOT attisdropped
ORDER BY attnum
"""


def keep_maintenance_out(work: Work, *tables: str) -> None:
    """Waits for an autovacuum, or what a DBA does, and lets none begin until the transaction ends.

    To be asked before a stronger lock: SHARE UPDATE EXCLUSIVE is in nobody's way who reads or
    writes rows (manual, 13.3.1), so that nobody waits behind us, too.

    Args:
        work: the session, in a transaction.
        tables: quoted.
    """
    work.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE UPDATE EXCLUSIVE MODE")


def columns(work: Work, table: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How columns are declared, by name, as SQL that is qualified throughout.

    type comes with its modifier and, where it is not the type's own, its collation; base_type
    without; options are actions of ALTER COLUMN for storage and statistics; identity is "a", "d" or
    "", as in pg_attribute.
    """
    return declared(work, quoted(table), names)


def declared(work: Work, relation: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same for columns of any relation, whose name is quoted."""
    with work.settings(search_path=OURS):
        rows = work.connection.execute(_COLUMNS, (relation, list(names))).fetchall()
    return {row[0]: dict(zip(_COLUMN_KEYS, row[1:], strict=True)) for row in rows}


def is_there(work: Work, table: str) -> bool:
    """Whether there is such a table, "schema.table"."""
    return bool(work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NOT NULL"))


def defaults(work: Work, table: str) -> dict[str, str]:
    """The defaults of a table's columns by their names, as SQL that is qualified throughout."""
    with work.settings(search_path=OURS):
        return dict(work.connection.execute(_DEFAULTS, (quoted(table),)).fetchall())


def column_names(work: Work, table: str, *, written: bool = False) -> list[str]:
    """The names of a table's columns, without old ones that are kept beside new ones.

    Args:
        work: the session.
        table: "schema.table".
        written: only those that a row is written with: all but the generated ones.
    """
    written_ = "attgenerated = ''" if written else "true"
    return [
        str(row[0])
        for row in work.execute(
            "SELECT attname::text FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            f" AND {written_} AND attrelid = {literal(quoted(table))}::regclass"
            f" AND (attrelid, attnum) NOT IN ({own_objects.KEPT_COLUMNS}) ORDER BY attnum"
        ).fetchall()
    ]


def constraints(work: Work, table: str, definition: str) -> list[tuple[str, str]]:
    """(name, definition) of the table's constraints whose definition begins like this."""
    with work.settings(search_path=OURS):
        return work.connection.execute(
            "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND starts_with(pg_get_constraintdef(oid), %s)"
            " ORDER BY conname",
            (quoted(table), definition),
        ).fetchall()


def constraint_comment(work: Work, table: str, name: str) -> str | None:
    row = work.connection.execute(
        "SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND conname = %s",
        (quoted(table), name),
    ).fetchone()
    return row[0] if row else None
