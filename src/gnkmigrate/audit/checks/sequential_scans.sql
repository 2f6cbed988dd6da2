SELECT
    schemaname AS schema,
    relname AS relation,
    n_live_tup AS rows,
    seq_scan AS sequential,
    coalesce(idx_scan, 0) AS by_index,
    seq_tup_read AS rows_read
FROM pg_stat_user_tables
WHERE
    schemaname = ANY (%(schemas)s)
    AND n_live_tup >= %(rows)s
    AND seq_scan >= %(scans)s
    AND seq_scan > coalesce(idx_scan, 0)
    AND seq_tup_read / seq_scan >= n_live_tup / 2
ORDER BY seq_tup_read DESC, schemaname, relname
