SELECT
    namespace.nspname AS schema,
    owner.rolname AS owner,
    count(*) AS tables
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_roles AS owner ON owner.oid = relation.relowner
WHERE
    relation.relkind IN ('r', 'p')
    AND namespace.nspname = ANY (%(schemas)s)
    AND owner.rolsuper
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = relation.oid AND deptype = 'e'
    )
GROUP BY namespace.nspname, owner.rolname
ORDER BY namespace.nspname, owner.rolname
