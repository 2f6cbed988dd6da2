-- Who keeps definitions from being read: sessions that hold ACCESS EXCLUSIVE on a relation.
SELECT
    held.pid,
    coalesce(activity.usename, '?') AS user,
    coalesce(activity.state, '?') AS state,
    coalesce(date_trunc('second', clock_timestamp() - activity.xact_start)::text, '?') AS age,
    held.relation::regclass::text AS relation
FROM pg_locks AS held
LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
WHERE
    held.mode = 'AccessExclusiveLock'
    AND held.granted
    AND held.relation >= 16384
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND held.pid <> pg_backend_pid()
ORDER BY held.pid, relation
LIMIT 5;
