SELECT
    statistics.schemaname AS schema,
    statistics.relname AS relation,
    statistics.indexrelname AS index,
    pg_size_pretty(pg_relation_size(index.indexrelid)) AS pretty
FROM pg_stat_user_indexes AS statistics
JOIN pg_index AS index ON index.indexrelid = statistics.indexrelid
JOIN pg_class AS class ON class.oid = index.indexrelid
WHERE
    statistics.schemaname = ANY (%(schemas)s)
    AND statistics.idx_scan = 0
    AND NOT index.indisunique
    AND NOT index.indisreplident
    AND NOT class.relispartition
    AND index.indisvalid
    AND pg_relation_size(index.indexrelid) >= %(size)s
    AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = index.indexrelid
    )
    AND NOT EXISTS (
        SELECT
        FROM pg_constraint
        WHERE conrelid = index.indrelid AND contype = 'f' AND index.indkey[0] = ANY (conkey)
    )
ORDER BY pg_relation_size(index.indexrelid) DESC, schema, index
