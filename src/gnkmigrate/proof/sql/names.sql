-- The schemas of a database, but PostgreSQL's own, and the relations in them.
SELECT namespace.nspname::text, class.relname::text
FROM pg_namespace AS namespace
LEFT JOIN pg_class AS class
    ON class.relnamespace = namespace.oid
    AND class.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
WHERE
    NOT starts_with(namespace.nspname, 'pg_')
    AND namespace.nspname <> 'information_schema'
ORDER BY 1, 2;
