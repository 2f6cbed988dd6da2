-- Functions and types are left out: PUBLIC has them by PostgreSQL's own default.
SELECT
    namespace.nspname AS schema,
    pg_get_userbyid(acl.defaclrole)::text AS role,
    CASE acl.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'SCHEMAS' END
    AS type,
    array_agg(item.privilege_type ORDER BY item.privilege_type) AS privileges,
    bool_or(item.privilege_type NOT IN ('SELECT', 'USAGE')) AS writes
FROM pg_default_acl AS acl
LEFT JOIN pg_namespace AS namespace ON namespace.oid = acl.defaclnamespace
CROSS JOIN LATERAL aclexplode(acl.defaclacl) AS item
WHERE
    item.grantee = 0
    AND acl.defaclobjtype IN ('r', 'S', 'n')
    AND (acl.defaclnamespace = 0 OR namespace.nspname = ANY (%(schemas)s))
GROUP BY namespace.nspname, acl.defaclrole, acl.defaclobjtype
ORDER BY namespace.nspname, role, type
