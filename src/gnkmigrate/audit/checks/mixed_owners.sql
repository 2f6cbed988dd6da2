-- Per schema the role that owns most tables, and the tables that it does not own.
WITH relation AS (
    SELECT
        class.relnamespace,
        class.relname,
        class.relowner,
        count(*) OVER (PARTITION BY class.relnamespace, class.relowner) AS owned
    FROM pg_class AS class
    WHERE
        class.relkind IN ('r', 'p')
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'e'
        )
), main AS (
    SELECT DISTINCT ON (relnamespace) relnamespace, relowner
    FROM relation
    ORDER BY relnamespace, owned DESC, relowner
)
SELECT
    namespace.nspname AS schema,
    pg_get_userbyid(main.relowner)::text AS owner,
    array_agg(relation.relname::text ORDER BY relation.relname) AS relations,
    array_agg(pg_get_userbyid(relation.relowner)::text ORDER BY relation.relname) AS owners
FROM main
JOIN pg_namespace AS namespace ON namespace.oid = main.relnamespace
JOIN relation
    ON relation.relnamespace = main.relnamespace
    AND relation.relowner <> main.relowner
WHERE namespace.nspname = ANY (%(schemas)s)
GROUP BY namespace.nspname, main.relowner
ORDER BY namespace.nspname
