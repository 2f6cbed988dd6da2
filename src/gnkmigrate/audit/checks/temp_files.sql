SELECT
    temp_files AS files,
    temp_bytes AS bytes,
    pg_size_pretty(temp_bytes) AS size,
    extract(epoch FROM now() - stats_reset)::float8 / 86400 AS days,
    current_setting('work_mem') AS work_mem
FROM pg_stat_database
WHERE datname = current_database()
