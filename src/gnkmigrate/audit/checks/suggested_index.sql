-- The statements that have taken most time. Those that the extension does not strip of constants,
-- and those that a function has run, are left out.
SELECT query, calls
FROM {view}
WHERE
    dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND toplevel
    AND calls >= 5
    AND mean_exec_time >= 1
    AND query ~* '^\s*(select|with|update|delete)\M'
ORDER BY total_exec_time DESC
LIMIT {statements}
