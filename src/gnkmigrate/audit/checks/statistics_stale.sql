-- Twice what autovacuum waits for: threshold + scale factor * rows, the table's own before the
-- server's.
SELECT
    statistics.schemaname AS schema,
    statistics.relname AS relation,
    statistics.n_live_tup AS rows,
    statistics.n_mod_since_analyze AS changed,
    to_char(
        greatest(statistics.last_analyze, statistics.last_autoanalyze), 'YYYY-MM-DD HH24:MI TZ'
    ) AS analyzed
FROM pg_stat_user_tables AS statistics
JOIN pg_class AS class ON class.oid = statistics.relid
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_threshold'),
            current_setting('autovacuum_analyze_threshold')
        )::float8 AS threshold,
        coalesce(
            max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_scale_factor'),
            current_setting('autovacuum_analyze_scale_factor')
        )::float8 AS factor
    FROM pg_options_to_table(class.reloptions)
) AS setting
WHERE
    statistics.schemaname = ANY (%(schemas)s)
    AND class.reltuples >= 0
    AND statistics.n_mod_since_analyze >= %(changes)s
    AND statistics.n_mod_since_analyze > 2 * (setting.threshold + setting.factor * class.reltuples)
    -- A session that inserts, and analyzes before it has told of it, tells of the same rows again:
    -- a table that has only got rows has grown since.
    AND (
        statistics.n_tup_upd + statistics.n_tup_del > 0
        OR pg_relation_size(class.oid) / current_setting('block_size')::bigint > class.relpages
    )
ORDER BY statistics.schemaname, statistics.relname
