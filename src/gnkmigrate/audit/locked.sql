-- Tables that a process of this database keeps for itself (manual, 13.3.1), apart from the catalog.
SELECT pg_class.oid, nspname::text || '.' || relname, pid
FROM pg_locks
JOIN pg_class ON pg_class.oid = relation
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE mode = 'AccessExclusiveLock' AND granted AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relkind IN ('r', 'p', 'v', 'm') AND nspname <> 'pg_catalog'
ORDER BY 2, 3
