-- Who keeps definitions from being read: sessions that hold ACCESS EXCLUSIVE on a relation
-- (manual, 13.3.1).
SELECT
    held.relation AS oid,
    namespace.nspname || '.' || relation.relname AS name,
    held.pid,
    coalesce(activity.usename, '?') AS user,
    coalesce(activity.state, '?') AS state,
    coalesce(date_trunc('second', clock_timestamp() - activity.xact_start)::text, '?') AS age
FROM pg_locks AS held
JOIN pg_class AS relation ON relation.oid = held.relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
WHERE
    held.mode = 'AccessExclusiveLock'
    AND held.granted
    AND relation.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND namespace.nspname <> 'pg_catalog'
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND held.pid <> pg_backend_pid()
ORDER BY name, held.pid;
