-- The views and materialized views of the users' schemas, and whether the latter are filled.
SELECT
    namespace.nspname::text,
    class.relname::text,
    CASE WHEN class.relkind = 'm' THEN class.relispopulated END AS filled
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE
    class.relkind IN ('v', 'm')
    AND class.relpersistence <> 't'
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
ORDER BY 1, 2;
