WITH keys AS (
    SELECT
        index.indexrelid,
        count(*) AS columns,
        count(statistic.avg_width) AS known,
        sum((1 - statistic.null_frac) * statistic.avg_width) AS width,
        max(statistic.null_frac) > 0 AS has_nulls
    FROM pg_index AS index
    JOIN pg_class AS relation ON relation.oid = index.indrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    CROSS JOIN LATERAL unnest(index.indkey::int2[]) AS key (number)
    LEFT JOIN pg_attribute AS attribute
        ON attribute.attrelid = relation.oid
        AND attribute.attnum = key.number
        AND key.number > 0
    LEFT JOIN pg_stats AS statistic
        ON statistic.schemaname = namespace.nspname
        AND statistic.tablename = relation.relname
        AND statistic.attname = attribute.attname
        AND NOT statistic.inherited
    WHERE namespace.nspname = ANY (%(schemas)s)
    GROUP BY index.indexrelid
), estimate AS (
    SELECT
        namespace.nspname AS schema,
        relation.relname AS relation,
        class.relname AS index,
        class.relpages AS pages,
        current_setting('block_size')::int AS block,
        -- The first page says what the index is. A page has 24 bytes of header and 16 of its own at
        -- the end; an entry 4 of item pointer and 8 of header, 16 with a bitmap of NULLs, all in
        -- steps of 8. The pages above the leaves are about one in a hundred.
        1 + ceil(
            1.01 * class.reltuples * (
                4 + 8 * ceil((CASE WHEN keys.has_nulls THEN 16 ELSE 8 END + keys.width) / 8)
            ) / ((current_setting('block_size')::int - 40) * filling.factor / 100.0)
        ) AS needed
    FROM keys
    JOIN pg_class AS class ON class.oid = keys.indexrelid
    JOIN pg_am AS method ON method.oid = class.relam AND method.amname = 'btree'
    JOIN pg_index AS index ON index.indexrelid = class.oid AND index.indisvalid
    JOIN pg_class AS relation ON relation.oid = index.indrelid
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    CROSS JOIN LATERAL (
        SELECT coalesce(max(option_value) FILTER (WHERE option_name = 'fillfactor'), '90')::int
        AS factor
        FROM pg_options_to_table(class.reloptions)
    ) AS filling
    WHERE class.relkind = 'i' AND keys.known = keys.columns AND relation.reltuples > 0
)
SELECT
    schema,
    relation,
    index,
    round(100 * (1 - needed / pages))::int AS share,
    pg_size_pretty(pages::bigint * block) AS total,
    pg_size_pretty(((pages - needed) * block)::bigint) AS empty,
    ((pages - needed) * block)::bigint AS empty_bytes
FROM estimate
WHERE
    pages > 0
    AND (pages - needed) * block >= %(size)s
    AND 100 * (1 - needed / pages) >= %(share)s
ORDER BY empty_bytes DESC, schema, index
