"""Who may do what with the new columns of a join: what he could do by both tables together.

In one table a value is written, and a row of the other one made or changed, by one statement. So
whoever may do one of these has to be allowed all.
"""

from collections.abc import Iterator

from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.merges import rights
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_WRITES = ("INSERT", "UPDATE")

# What each who has been given anything of either table may do with columns, however he came by it.
_MAY = """
WITH given AS (
    SELECT relowner, (aclexplode(relacl)).grantee FROM pg_class
    WHERE oid IN ({side}::regclass, {table}::regclass)
    UNION
    SELECT relowner, (aclexplode(attacl)).grantee FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE pg_class.oid IN ({side}::regclass, {table}::regclass)
), holder AS (
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END AS role,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS shown
    FROM given WHERE grantee <> relowner
)
SELECT shown, array_agg(ARRAY[about, name, privilege])
FROM holder
CROSS JOIN (VALUES {columns}) AS asked (about, on_table, name)
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS privilege
WHERE has_column_privilege(role, on_table, name, privilege)
GROUP BY shown ORDER BY shown
"""
_DELETES = """
SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
FROM pg_class, aclexplode(relacl)
WHERE oid = {side}::regclass AND grantee <> relowner AND privilege_type = 'DELETE'
"""


def refusals(work: Work, said: Join) -> Iterator[Refusal]:
    """Roles that would gain a right by the join, or lose one."""
    yield from rights.refusals(work, said)
    lacking = list(_lacking(work, said))
    if lacking:
        yield Refusal(
            f"Roles may refer to rows of {said.side} or write them, and not both; or read them"
            f" without their key. In one table of {said.table} it is one right.",
            lacking,
            len(lacking),
            "Grant them these, if they may have them, or take from them what they have of it.",
        )


def _lacking(work: Work, said: Join) -> Iterator[str]:
    ((key, link),) = said.key
    side, table = quoted(said.side), quoted(said.table)
    names = [old for old, _ in said.columns]
    listed = ", ".join(map(column, names))
    deletes = {row[0] for row in work.execute(_DELETES.format(side=literal(side))).fetchall()}
    for role, rights_ in _may(work, said).items():
        of_side = {(name, privilege) for about, name, privilege in rights_ if about == "side"}
        of_link = {privilege for about, _, privilege in rights_ if about == "table"}
        if any((name, "SELECT") in of_side for name in names) and (key, "SELECT") not in of_side:
            yield f"GRANT SELECT ({column(key)}) ON {side} TO {role};"
        for privilege in _WRITES if of_link & {*_WRITES} else ():
            if not all((name, privilege) in of_side for name in names):
                yield f"GRANT {privilege} ({listed}) ON {side} TO {role};"
        writes = any(privilege in _WRITES for _, privilege in of_side) or role in deletes
        if writes and "UPDATE" not in of_link:
            yield f"GRANT UPDATE ({column(link)}) ON {table} TO {role};"


def _may(work: Work, said: Join) -> dict[str, list[list[str]]]:
    """What each role may: the table, "side" or "table", the column, and the privilege."""
    ((key, link),) = said.key
    side, table = literal(quoted(said.side)), literal(quoted(said.table))
    columns = ", ".join(
        (
            f"('table', {table}, {literal(link)})",
            *(f"('side', {side}, {literal(name)})" for name in (key, *dict(said.columns))),
        )
    )
    query = _MAY.format(side=side, table=table, columns=columns)
    return dict(work.connection.execute(query.encode()).fetchall())
