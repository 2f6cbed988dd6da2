-- The file of each table: another file for the same table means that its rows were written anew.
SELECT class.oid::bigint,
       format('%s.%s', namespace.nspname, class.relname),
       pg_catalog.pg_relation_filenode(class.oid)::bigint
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'm')
  AND namespace.nspname NOT LIKE 'pg\_%'
  AND namespace.nspname NOT LIKE 'gnkmigrate%'
  AND namespace.nspname <> 'information_schema'
