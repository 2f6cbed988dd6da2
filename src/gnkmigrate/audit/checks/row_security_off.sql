-- Tables without row security that roles reach whom another table of the same schema restricts.
-- Whom a table restricts: everybody it is granted to but its owner, and its owner if forced.
WITH relation AS (
    SELECT
        class.relnamespace,
        class.relname,
        class.relrowsecurity,
        granted.grantee,
        granted.privilege_type
    FROM pg_class AS class
    CROSS JOIN LATERAL aclexplode(
        coalesce(class.relacl, acldefault('r', class.relowner))
    ) AS granted
    LEFT JOIN pg_roles AS role ON role.oid = granted.grantee
    WHERE
        class.relkind IN ('r', 'p')
        AND class.relnamespace IN (
            SELECT oid FROM pg_namespace WHERE nspname = ANY (%(schemas)s)
        )
        AND granted.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        AND role.rolsuper IS NOT TRUE
        AND role.rolbypassrls IS NOT TRUE
        AND (granted.grantee <> class.relowner OR class.relforcerowsecurity)
), restricted AS (
    SELECT DISTINCT relnamespace, grantee
    FROM relation
    WHERE relrowsecurity
)
SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    array_agg(DISTINCT CASE
        WHEN relation.grantee = 0 THEN 'PUBLIC'
        ELSE pg_get_userbyid(relation.grantee)::text
    END) AS roles,
    array_agg(DISTINCT relation.privilege_type) AS privileges
FROM relation
JOIN restricted USING (relnamespace, grantee)
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE NOT relation.relrowsecurity
GROUP BY namespace.nspname, relation.relname
ORDER BY namespace.nspname, relation.relname
