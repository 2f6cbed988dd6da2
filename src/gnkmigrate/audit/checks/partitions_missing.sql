-- Partitioned tables without a default partition, and what their partitions hold; those that are
-- being detached do not take rows any more.
SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    whole.partstrat = 'h' AS hashed,
    parts.bounds
FROM pg_partitioned_table AS whole
JOIN pg_class AS relation ON relation.oid = whole.partrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(pg_get_expr(part.relpartbound, part.oid)), '{}') AS bounds
    FROM pg_inherits AS link
    JOIN pg_class AS part ON part.oid = link.inhrelid
    WHERE link.inhparent = whole.partrelid AND NOT link.inhdetachpending
) AS parts
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND whole.partdefid = 0
    AND (whole.partstrat = 'h' OR parts.bounds = '{}')
ORDER BY namespace.nspname, relation.relname
