WITH row_width AS (
    SELECT
        schemaname,
        tablename,
        sum((1 - null_frac) * avg_width) AS width,
        max(null_frac) > 0 AS has_nulls,
        count(*) AS columns
    FROM pg_stats
    WHERE schemaname = ANY (%(schemas)s) AND NOT inherited
    GROUP BY schemaname, tablename
), estimate AS (
    SELECT
        namespace.nspname AS schema,
        class.relname AS relation,
        class.relpages AS pages,
        current_setting('block_size')::int AS block,
        -- 24 bytes of page header; per row 4 of item pointer and 23 of header with the bitmap of
        -- NULLs, all in steps of 8.
        ceil(
            class.reltuples * (
                4
                + 8 * ceil((23 + CASE WHEN has_nulls THEN columns / 8.0 ELSE 0 END) / 8)
                + 8 * ceil(width / 8)
            ) / ((current_setting('block_size')::int - 24) * filling.factor / 100.0)
        ) AS needed
    FROM row_width
    JOIN pg_namespace AS namespace ON namespace.nspname = row_width.schemaname
    JOIN pg_class AS class
        ON class.relnamespace = namespace.oid
        AND class.relname = row_width.tablename
        AND class.relkind IN ('r', 'm')
    CROSS JOIN LATERAL (
        SELECT coalesce(max(option_value) FILTER (WHERE option_name = 'fillfactor'), '100')::int
        AS factor
        FROM pg_options_to_table(class.reloptions)
    ) AS filling
    WHERE
        class.reltuples > 0
        AND columns = (
            SELECT count(*)
            FROM pg_attribute
            WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped
        )
)
SELECT
    schema,
    relation,
    round(100 * (1 - needed / pages))::int AS share,
    pg_size_pretty(pages::bigint * block) AS total,
    pg_size_pretty(((pages - needed) * block)::bigint) AS empty,
    ((pages - needed) * block)::bigint AS empty_bytes
FROM estimate
WHERE
    pages > 0
    AND (pages - needed) * block >= %(size)s
    AND 100 * (1 - needed / pages) >= %(share)s
ORDER BY empty_bytes DESC, schema, relation
