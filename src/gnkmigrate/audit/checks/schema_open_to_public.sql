SELECT namespace.nspname AS schema
FROM pg_namespace AS namespace
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND EXISTS (
        SELECT
        FROM aclexplode(namespace.nspacl) AS item
        WHERE item.grantee = 0 AND item.privilege_type = 'CREATE'
    )
ORDER BY namespace.nspname
