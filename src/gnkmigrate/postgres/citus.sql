-- What Citus does with which table, by its own catalog (Citus manual, Citus Tables and Views).
SELECT
    namespace.nspname::text AS schema,
    class.relname::text AS name,
    CASE
        WHEN held.partmethod <> 'n' THEN 'distributed'
        WHEN held.repmodel = 't' THEN 'reference'
        WHEN held.colocationid > 0 THEN 'one shard'
        ELSE 'local'
    END AS kind,
    CASE
        WHEN held.partmethod <> 'n'
            THEN column_to_column_name(held.logicalrelid, held.partkey::text)
        ELSE ''
    END AS "column"
FROM pg_catalog.pg_dist_partition AS held
INNER JOIN pg_catalog.pg_class AS class ON class.oid = held.logicalrelid
INNER JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
ORDER BY 1, 2
