-- The reading statements of this database that have taken most time, with calls a day since the
-- statistics began (at least one day) and what one call takes. Those of functions are left out.
SELECT
    query,
    calls / greatest(extract(EPOCH FROM now() - info.stats_reset) / 86400, 1)::float8,
    mean_exec_time
FROM {view} AS statement, {info} AS info
WHERE
    statement.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND statement.toplevel
    AND statement.query ~* '^\s*(select|with)\M'
ORDER BY statement.total_exec_time DESC
LIMIT {candidates}
