"""Row-level security policies that mention columns which change, carried over to the new ones."""

from collections.abc import Mapping, Sequence

import psycopg

from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

_MENTIONING = """
FROM pg_policy
WHERE polrelid = {table}::regclass
  AND EXISTS (SELECT FROM pg_depend
              JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
              WHERE classid = 'pg_policy'::regclass AND objid = pg_policy.oid
                AND refclassid = 'pg_class'::regclass AND refobjid = polrelid
                AND attname IN ({columns}))
ORDER BY polname
"""

# polcmd is one letter, role 0 is PUBLIC (PostgreSQL manual, 53.38, pg_policy).
_STATEMENTS = (
    """
SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass),
       format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, polrelid::regclass,
              CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
              CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                          WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
              (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC'
                                           ELSE quote_ident(pg_get_userbyid(role)) END, ', ')
               FROM unnest(polroles) AS role))
           || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
           || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', ''),
       format('COMMENT ON POLICY %I ON %s IS %L', polname, polrelid::regclass,
              obj_description(oid, 'pg_policy')),
       obj_description(oid, 'pg_policy') IS NOT NULL
"""
    + _MENTIONING
)

_CONDITIONS = (
    """
SELECT polname::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
"""
    + _MENTIONING
)

_TYPES = """
SELECT attname::text, format_type(atttypid, atttypmod)
FROM pg_attribute
WHERE attrelid = {table}::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""


def lift(work: Work, table: str, renames: Mapping[str, str]) -> list[str]:
    """Drops the policies that mention columns, and returns what creates them again.

    Row-level security stays on. The caller's transaction holds the table in ACCESS EXCLUSIVE
    mode, so nobody meets it without them.

    Args:
        work: the session, in a transaction.
        table: "schema.table".
        renames: the columns that change, and what each will be called when the policies are
            created again. PostgreSQL itself puts the new names into the conditions.
    """
    if not _ask(work, _STATEMENTS, table, list(renames)):
        return []
    _rename(work, table, renames)
    found = _ask(work, _STATEMENTS, table, list(renames.values()))
    _rename(work, table, {after: before for before, after in renames.items()})
    statements = []
    for drop, create, comment, commented in found:
        _run(work, drop)
        statements += [create, comment] if commented else [create]
    return statements


def restore(work: Work, statements: Sequence[str]) -> None:
    """Creates again what `lift` has dropped."""
    for statement in statements:
        _run(work, statement)


def not_compiling(work: Work, table: str, types: Mapping[str, str]) -> list[str]:
    """The table's policies whose conditions PostgreSQL does not accept with other types.

    Nothing is created: the conditions are only compiled, over a row of those types.

    Args:
        work: the session.
        table: "schema.table".
        types: the columns that change, and the type that each will have, as SQL.
    """
    found = _ask(work, _CONDITIONS, table, list(types))
    if not found:
        return []
    with work.settings(search_path=OURS):
        present = work.connection.execute(
            _TYPES.format(table=literal(quoted(table))).encode()
        ).fetchall()
    row = ", ".join(f"NULL::{types.get(name, type_)} AS {column(name)}" for name, type_ in present)
    source = f"(SELECT {row}) AS {column(split(table)[1])}"
    refused = []
    for policy, *conditions in found:
        for condition in filter(None, conditions):
            reason = _refused(work, f"SELECT FROM {source} WHERE {condition}")
            if reason is not None:
                refused.append(f"policy {policy} on {table} ({', '.join(types)}): {reason}")
    return refused


def _refused(work: Work, query: str) -> str | None:
    """Why PostgreSQL does not compile a query; PREPARE asks for no rights and runs nothing."""
    with work.settings(search_path=OURS, row_security="on"):
        try:
            with work.connection.transaction():
                work.connection.execute(f"PREPARE gnkmigrate_policy AS {query}".encode())
                work.connection.execute("DEALLOCATE gnkmigrate_policy")
        except psycopg.ProgrammingError as error:
            return error.diag.message_primary or str(error)
    return None


def _ask(work: Work, query: str, table: str, names: Sequence[str]) -> list[tuple[str, ...]]:
    """PostgreSQL prints names that are not in the search path in full."""
    listed = ", ".join(literal(name) for name in names)
    text = query.format(table=literal(quoted(table)), columns=listed)
    with work.settings(search_path=OURS):
        return work.connection.execute(text.encode()).fetchall()


def _rename(work: Work, table: str, renames: Mapping[str, str]) -> None:
    for before, after in renames.items():
        if before != after:
            work.execute(
                f"ALTER TABLE {quoted(table)} RENAME COLUMN {column(before)} TO {column(after)}"
            )


def _run(work: Work, statement: str) -> None:
    """A statement of PostgreSQL's own printing, in which % is nothing but itself."""
    with work.settings(search_path=OURS):
        work.connection.execute(statement.encode())
