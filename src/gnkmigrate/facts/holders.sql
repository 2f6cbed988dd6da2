-- Who keeps definitions from being read: sessions, and prepared transactions, that hold ACCESS
-- EXCLUSIVE on a relation (manual, 13.3.1; 54.12, pg_locks).
SELECT
    held.relation AS oid,
    namespace.nspname || '.' || relation.relname AS name,
    held.pid,
    coalesce(activity.usename, '?') AS user,
    coalesce(activity.state, '?') AS state,
    coalesce(date_trunc('second', clock_timestamp() - activity.xact_start)::text, '?') AS age,
    prepared.gid,
    prepared.owner::text AS owner,
    prepared.database::text AS database,
    date_trunc('second', prepared.prepared)::text AS since
FROM pg_locks AS held
JOIN pg_class AS relation ON relation.oid = held.relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
-- A prepared transaction holds its own number, under the same virtual transaction.
LEFT JOIN pg_locks AS own
    ON
        held.pid IS NULL
        AND own.pid IS NULL
        AND own.locktype = 'transactionid'
        AND own.virtualtransaction = held.virtualtransaction
LEFT JOIN pg_prepared_xacts AS prepared ON prepared.transaction = own.transactionid
WHERE
    held.mode = 'AccessExclusiveLock'
    AND held.granted
    AND relation.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND namespace.nspname <> 'pg_catalog'
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (held.pid <> pg_backend_pid() OR prepared.gid IS NOT NULL)
ORDER BY name, held.pid;
