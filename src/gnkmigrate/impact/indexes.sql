-- The indexes of plain tables in the schemas $1: which table, how large, needed by a constraint?
SELECT
    namespace.nspname::text AS schema,
    class.relname::text AS "table",
    index.relname::text AS name,
    pg_relation_size(index.oid) AS size,
    owner.conname IS NOT NULL OR link.indisexclusion OR link.indisunique AS is_constraint
FROM pg_index AS link
INNER JOIN pg_class AS index ON index.oid = link.indexrelid
INNER JOIN pg_class AS class ON class.oid = link.indrelid
INNER JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_constraint AS owner
    ON owner.conindid = link.indexrelid AND owner.contype IN ('p', 'u', 'x')
WHERE namespace.nspname = ANY(%s) AND class.relkind = 'r' AND link.indisvalid
ORDER BY schema, "table", name;
