"""Owners, grants and comments, carried over from what is replaced to what replaces it."""

from collections.abc import Mapping, Sequence

from gnkmigrate.run.names import literal
from gnkmigrate.run.work import Work

_GRANTEE = "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END"
_OPTION = "CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"

_OWNER = """
SELECT format('ALTER TABLE %s OWNER TO %I', {target}, pg_get_userbyid(relowner))
FROM pg_class WHERE oid = {source}::regclass
  AND relowner <> (SELECT relowner FROM pg_class WHERE oid = {target}::regclass)
"""

# Whom a view is given has to be allowed to create one in its schema, which is ours (manual, ALTER
# VIEW); as long as the statement runs.
_VIEW_OWNER = """
WITH given AS (
    SELECT format('%I', pg_get_userbyid(source.relowner)) AS owner,
           format('%I', nspname) AS schema,
           has_schema_privilege(source.relowner, pg_namespace.oid, 'CREATE') AS may_create
    FROM pg_class AS source, pg_class AS target
    JOIN pg_namespace ON pg_namespace.oid = target.relnamespace
    WHERE source.oid = {source}::regclass AND target.oid = {target}::regclass
      AND source.relowner <> target.relowner
)
SELECT statement FROM (
    SELECT 1, format('GRANT CREATE ON SCHEMA %s TO %s', schema, owner)
    FROM given WHERE NOT may_create
    UNION ALL
    SELECT 2, format('ALTER VIEW %s OWNER TO %s', {target}, owner) FROM given
    UNION ALL
    SELECT 3, format('REVOKE CREATE ON SCHEMA %s FROM %s', schema, owner)
    FROM given WHERE NOT may_create
) AS steps (place, statement) ORDER BY place
"""

_WHOLE = f"""
SELECT format('GRANT %s ON %s TO %s%s', privilege_type, {{target}}, {_GRANTEE}, {_OPTION})
FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = {{source}}::regclass AND grantee <> relowner
"""

# A column is the other's that has its name, unless it is said which.
_BY_NAME = "SELECT attname, attname FROM pg_attribute WHERE attrelid = {target}::regclass"
_COLUMNS = f"""
SELECT format('GRANT %s (%I) ON %s TO %s%s', privilege_type, other.attname, {{target}},
              {_GRANTEE}, {_OPTION})
FROM pg_attribute AS granted
JOIN ({{renames}}) AS renamed (before, after) ON renamed.before = granted.attname
JOIN pg_attribute AS other ON other.attname = renamed.after
 AND other.attrelid = {{target}}::regclass AND NOT other.attisdropped
CROSS JOIN LATERAL aclexplode(granted.attacl)
WHERE granted.attrelid = {{source}}::regclass AND NOT granted.attisdropped
"""

_GRANTS = f"""
{_WHOLE}
UNION ALL
{_COLUMNS.format(renames=_BY_NAME, source="{source}", target="{target}")}
"""

# What default privileges of ours have given away (manual, ALTER DEFAULT PRIVILEGES), the sequences
# of its keys among it.
_CLOSED = f"""
SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', {{target}}, {_GRANTEE})
FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = {{target}}::regclass AND grantee <> relowner
UNION ALL
SELECT DISTINCT format('REVOKE ALL ON SEQUENCE %s FROM %s', pg_class.oid::regclass, {_GRANTEE})
FROM pg_depend JOIN pg_class ON pg_class.oid = objid, aclexplode(relacl)
WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
  AND refobjid = {{target}}::regclass AND deptype IN ('a', 'i') AND relkind = 'S'
  AND grantee <> relowner
"""

_ROW_SECURITY = """
SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', {target})
FROM pg_class WHERE oid = {source}::regclass AND relrowsecurity
"""

# The new table's own comments count for more.
_COMMENTS = """
SELECT format('COMMENT ON TABLE %s IS %L', {target}, obj_description({source}::regclass))
WHERE obj_description({source}::regclass) IS NOT NULL
  AND obj_description({target}::regclass) IS NULL
UNION ALL
SELECT format('COMMENT ON COLUMN %s.%I IS %L', {target}, other.attname,
              col_description(described.attrelid, described.attnum))
FROM pg_attribute AS described
JOIN pg_attribute AS other ON other.attname = described.attname
 AND other.attrelid = {target}::regclass AND NOT other.attisdropped
WHERE described.attrelid = {source}::regclass AND NOT described.attisdropped
  AND col_description(described.attrelid, described.attnum) IS NOT NULL
  AND col_description(other.attrelid, other.attnum) IS NULL
"""

# Of several columns that become one the first with a comment counts.
_DESCRIBED = """
SELECT DISTINCT ON (other.attname)
       format('COMMENT ON COLUMN %s.%I IS %L', {target}, other.attname,
              col_description(described.attrelid, described.attnum))
FROM (VALUES {pairs}) AS renamed (before, after)
JOIN pg_attribute AS described
  ON described.attrelid = {source}::regclass AND described.attname = renamed.before
JOIN pg_attribute AS other
  ON other.attrelid = {target}::regclass AND other.attname = renamed.after
WHERE col_description(described.attrelid, described.attnum) IS NOT NULL
  AND col_description(other.attrelid, other.attnum) IS NULL
ORDER BY other.attname, described.attnum
"""

# Whether somebody may read some columns and not the others.
_BY_COLUMN = """
SELECT EXISTS (SELECT FROM pg_attribute, aclexplode(attacl)
               WHERE attrelid = {table}::regclass AND NOT attisdropped
                 AND privilege_type = 'SELECT')
"""

# Who may do something with all of these columns.
_OF_COLUMNS = f"""
SELECT format('GRANT %s (%I) ON %s TO %s%s', privilege_type, {{name}}, {{target}},
              {_GRANTEE}, {_OPTION})
FROM (
    SELECT grantee, privilege_type, bool_and(is_grantable) AS is_grantable
    FROM pg_attribute, aclexplode(attacl)
    WHERE attrelid = {{table}}::regclass AND attname = ANY (ARRAY[{{sources}}]::text[])
      AND privilege_type = ANY (ARRAY[{{kinds}}]::text[])
    GROUP BY grantee, privilege_type
    HAVING count(DISTINCT attname) = cardinality(ARRAY[{{sources}}]::text[])
) AS granted
"""
_OF_A_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


def carry_privileges(work: Work, source: str, target: str) -> None:
    """Gives `target` the owner and the grants of `source`; both are quoted relations."""
    for query in (_OWNER, _GRANTS):
        _carry(work, query, source, target)


def leave_to_owner(work: Work, source: str, target: str) -> None:
    """Gives a table of ours the owner of another one, and nobody else anything; both are quoted."""
    for query in (_CLOSED, _OWNER):
        _carry(work, query, source, target)


def carry_to_part(
    work: Work, source: str, target: str, renames: Mapping[str, str], key: str = ""
) -> None:
    """Gives a table of ours, which has the owner already, what holds for the one it is a part of.

    That are the grants on the whole, and those on the columns that it has of it. With row security
    it shows nobody anything until it has policies of its own: those of the other name columns that
    it does not have. Asked when others are to use it, and no sooner: they may have other rights by
    then.

    Args:
        work: the session, in the transaction in which it takes over.
        source: the quoted table of which it is a part.
        target: the quoted table.
        renames: its columns, by their names in the other one.
        key: its key, which whoever may read all these columns may read as well; "" for none.
    """
    pairs = ", ".join(f"({literal(old)}, {literal(new)})" for old, new in renames.items())
    for query in (_WHOLE, _COLUMNS, _ROW_SECURITY):
        _carry(work, query, source, target, renames=f"VALUES {pairs}")
    if key:
        kinds = ("SELECT", "REFERENCES")
        for grant in grants_on_all(work, source, list(renames), target, key, kinds):
            work.connection.execute(grant.encode())


def carry_grants(work: Work, source: str, target: str) -> None:
    """Gives `target` the grants of `source`; both are quoted relations, such as sequences."""
    _carry(work, _GRANTS, source, target)


def carry_to_view(work: Work, table: str, view: str) -> None:
    """Gives a view the owner of `table`, and its grants.

    A view that runs as its owner knows row-level security for that one alone, so a table that has
    it on shares no grants: through the view everybody would see every row (PostgreSQL manual,
    41.5).
    """
    close(work, view)
    carry_view_owner(work, table, view)
    secured = f"SELECT relrowsecurity FROM pg_class WHERE oid = {literal(table)}::regclass"
    if not work.value(secured):
        _carry(work, _GRANTS, table, view)


def carry_view_owner(work: Work, source: str, view: str) -> None:
    """Gives a view of ours the owner of `source`; both are quoted relations."""
    _carry(work, _VIEW_OWNER, source, view)


def close(work: Work, relation: str) -> None:
    """Takes from everybody what they have been given of a new relation, which is quoted."""
    _carry(work, _CLOSED, relation, relation)


def carry_table_grants(work: Work, source: str, target: str) -> None:
    """Gives `target` what is granted on the whole of `source`; both are quoted relations."""
    _carry(work, _WHOLE, source, target)


def _carry(work: Work, query: str, source: str, target: str, renames: str = "") -> None:
    asked = query.format(source=literal(source), target=literal(target), renames=renames)
    for (statement,) in work.connection.execute(asked.encode()).fetchall():
        work.connection.execute(statement.encode())


def carry_comments(work: Work, source: str, target: str) -> None:
    """Gives table `target` and its columns the comments of `source` where they have none.

    Both are quoted tables; a column is the other's when it has its name.
    """
    query = _COMMENTS.format(source=literal(source), target=literal(target))
    for (statement,) in work.connection.execute(query.encode()).fetchall():
        work.connection.execute(statement.encode())


def carry_column_comments(work: Work, source: str, target: str, renames: Mapping[str, str]) -> None:
    """Gives columns of a table of ours the comments of those that they come from.

    Args:
        work: the session.
        source: the quoted table of these.
        target: the quoted table.
        renames: what each of them is called there.
    """
    pairs = ", ".join(f"({literal(old)}, {literal(new)})" for old, new in renames.items())
    query = _DESCRIBED.format(source=literal(source), target=literal(target), pairs=pairs)
    for (statement,) in work.connection.execute(query.encode()).fetchall():
        work.connection.execute(statement.encode())


def is_read_by_column(work: Work, table: str) -> bool:
    """Whether SELECT is granted on columns of a quoted table."""
    return bool(work.value(_BY_COLUMN.format(table=literal(table))))


def let_read(work: Work, table: str, name: str, relation: str, target: str) -> None:
    """Lets read one column whoever may read another; see `grants_on`."""
    for statement in grants_on_all(work, table, (name,), relation, target, ("SELECT",)):
        work.execute(statement)


def grants_on(work: Work, table: str, source: str, relation: str, target: str) -> list[str]:
    """Statements that grant on one column what is granted on another.

    Args:
        work: the session.
        table: the quoted relation of the column that has the grants.
        source: its name.
        relation: the quoted relation of the column that will have them.
        target: its name.
    """
    return grants_on_all(work, table, (source,), relation, target)


def grants_on_all(
    work: Work,
    table: str,
    sources: Sequence[str],
    relation: str,
    target: str,
    kinds: Sequence[str] = _OF_A_COLUMN,
) -> list[str]:
    """Statements that grant on one column what is granted on all of several others.

    Args:
        work: the session.
        table: the quoted relation of the columns that have the grants.
        sources: their names.
        relation: the quoted relation of the column that will have them.
        target: its name.
        kinds: the privileges that count.
    """
    query = _OF_COLUMNS.format(
        table=literal(table),
        sources=", ".join(map(literal, sources)),
        target=literal(relation),
        name=literal(target),
        kinds=", ".join(map(literal, kinds)),
    )
    return [row[0] for row in work.execute(query).fetchall()]
