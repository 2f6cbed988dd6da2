SELECT
    pid,
    usename::text AS role,
    application_name AS application,
    state,
    extract(epoch FROM clock_timestamp() - state_change)::float8 AS seconds
FROM pg_stat_activity
WHERE
    datname = current_database()
    AND state LIKE 'idle in transaction%%'
    AND pid <> pg_backend_pid()
    AND state_change < clock_timestamp() - make_interval(secs => %(seconds)s)
ORDER BY state_change
