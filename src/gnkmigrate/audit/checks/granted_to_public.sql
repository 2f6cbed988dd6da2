-- What PUBLIC may do with relations and columns. "restricted": row security stands in between.
WITH granted AS (
    SELECT class.oid, item.privilege_type AS privilege, item.privilege_type AS kind
    FROM pg_class AS class
    CROSS JOIN LATERAL aclexplode(class.relacl) AS item
    WHERE item.grantee = 0
    UNION ALL
    SELECT
        attribute.attrelid,
        format('%%s (%%I)', item.privilege_type, attribute.attname),
        item.privilege_type
    FROM pg_attribute AS attribute
    CROSS JOIN LATERAL aclexplode(attribute.attacl) AS item
    WHERE item.grantee = 0 AND NOT attribute.attisdropped
)
SELECT
    namespace.nspname AS schema,
    class.relname AS relation,
    CASE class.relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table'
    END AS type,
    array_agg(granted.privilege ORDER BY granted.privilege) AS privileges,
    bool_or(
        granted.kind IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
        AND class.relkind <> 'S'
    ) AS writes,
    -- Row security does not hold back TRUNCATE.
    class.relrowsecurity AND NOT bool_or(granted.kind IN ('TRUNCATE', 'TRIGGER')) AS restricted
FROM granted
JOIN pg_class AS class USING (oid)
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = ANY (%(schemas)s) AND class.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
GROUP BY namespace.nspname, class.relname, class.relkind, class.relrowsecurity
ORDER BY namespace.nspname, class.relname
