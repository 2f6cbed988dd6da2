SELECT
    statistics.schemaname AS schema,
    statistics.relname AS relation,
    statistics.n_live_tup AS rows,
    statistics.n_dead_tup AS dead,
    to_char(
        greatest(statistics.last_vacuum, statistics.last_autovacuum), 'YYYY-MM-DD HH24:MI TZ'
    ) AS vacuumed,
    setting.enabled AS autovacuum
FROM pg_stat_user_tables AS statistics
JOIN pg_class AS class ON class.oid = statistics.relid
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold'),
            current_setting('autovacuum_vacuum_threshold')
        )::float8 AS threshold,
        coalesce(
            max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor'),
            current_setting('autovacuum_vacuum_scale_factor')
        )::float8 AS factor,
        coalesce(
            max(option_value) FILTER (WHERE option_name = 'autovacuum_enabled'),
            current_setting('autovacuum')
        ) AS enabled
    FROM pg_options_to_table(class.reloptions)
) AS setting
WHERE
    statistics.schemaname = ANY (%(schemas)s)
    AND statistics.n_dead_tup >= %(rows)s
    AND statistics.n_dead_tup
    > 2 * (setting.threshold + setting.factor * greatest(class.reltuples, 0))
ORDER BY statistics.n_dead_tup DESC, statistics.schemaname, statistics.relname
