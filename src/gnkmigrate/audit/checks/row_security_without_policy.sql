SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    granted.roles
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT CASE
        WHEN item.grantee = 0 THEN 'PUBLIC'
        ELSE pg_get_userbyid(item.grantee)::text
    END) AS roles
    FROM aclexplode(relation.relacl) AS item
    LEFT JOIN pg_roles AS role ON role.oid = item.grantee
    WHERE
        item.grantee <> relation.relowner
        AND role.rolsuper IS NOT TRUE
        AND role.rolbypassrls IS NOT TRUE
) AS granted
WHERE
    relation.relrowsecurity
    AND relation.relkind IN ('r', 'p')
    AND namespace.nspname = ANY (%(schemas)s)
    AND granted.roles IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
ORDER BY namespace.nspname, relation.relname
