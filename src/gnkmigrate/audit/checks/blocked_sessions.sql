SELECT
    waiting.pid,
    waiting.usename::text AS role,
    extract(epoch FROM clock_timestamp() - waiting.query_start)::float8 AS seconds,
    array_agg(
        CASE blocker.pid
            WHEN 0 THEN 'a prepared transaction (pg_prepared_xacts)'
            ELSE format(
                'process %%s%%s', blocker.pid,
                coalesce(' (' || blocking.usename || ', ' || blocking.state || ')', '')
            )
        END
        ORDER BY blocker.pid
    ) AS blockers
FROM pg_stat_activity AS waiting
CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocker (pid)
LEFT JOIN pg_stat_activity AS blocking ON blocking.pid = blocker.pid
WHERE
    waiting.datname = current_database()
    AND waiting.wait_event_type = 'Lock'
    AND waiting.query_start < clock_timestamp() - make_interval(secs => %(seconds)s)
GROUP BY waiting.pid, waiting.usename, waiting.query_start
ORDER BY waiting.query_start, waiting.pid
