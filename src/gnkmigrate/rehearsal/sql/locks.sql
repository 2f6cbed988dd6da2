-- The strongest lock that this session holds on each table and view that others can see, besides
-- those of a mere reader. PostgreSQL manual, 13.3.1; a lock's strength is its place in that list.
SELECT format('%%s.%%s', namespace.nspname, class.relname),
       (array_agg(held.mode ORDER BY strength.place DESC))[1]
FROM pg_catalog.pg_locks AS held
JOIN pg_catalog.pg_class AS class ON class.oid = held.relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN unnest(ARRAY[
    'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
    'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'
]) WITH ORDINALITY AS strength (mode, place) ON strength.mode = held.mode
WHERE held.locktype = 'relation'
  AND held.granted
  AND held.pid = %(pid)s
  AND class.relkind IN ('r', 'p', 'v', 'm')
  AND namespace.nspname NOT LIKE 'pg\_%%'
  AND namespace.nspname NOT LIKE 'gnkmigrate%%'
GROUP BY 1
