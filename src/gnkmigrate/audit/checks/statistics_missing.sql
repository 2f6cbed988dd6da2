-- pg_stats shows a role only the columns that it may read; reltuples shows everybody whether
-- VACUUM or ANALYZE has ever seen the table (-1: never).
SELECT
    namespace.nspname AS schema,
    class.relname AS relation,
    class.relkind = 'p' AS partitioned,
    pg_size_pretty(held.bytes) AS size,
    current_setting('autovacuum') AS autovacuum
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
CROSS JOIN LATERAL (
    SELECT CASE class.relkind
        WHEN 'p' THEN (
            SELECT sum(pg_relation_size(leaf.relid))
            FROM pg_partition_tree(class.oid) AS leaf
            WHERE leaf.isleaf
        )
        ELSE pg_relation_size(class.oid)
    END AS bytes
) AS held
WHERE
    class.relkind IN ('r', 'p')
    AND namespace.nspname = ANY (%(schemas)s)
    AND held.bytes >= %(size)s
    AND (
        class.reltuples = -1
        OR (
            has_table_privilege(class.oid, 'SELECT')
            AND NOT EXISTS (
                SELECT
                FROM pg_stats
                WHERE
                    schemaname = namespace.nspname
                    AND tablename = class.relname
                    AND (class.relkind = 'r' OR inherited)
            )
        )
    )
ORDER BY namespace.nspname, class.relname
