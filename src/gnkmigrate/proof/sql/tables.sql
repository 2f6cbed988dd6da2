-- All tables that hold rows of their own, with what each inherits from or is a partition of.
WITH RECURSIVE above (relation, parent) AS (
    SELECT inhrelid, inhparent FROM pg_inherits
    UNION
    SELECT above.relation, inherits.inhparent
    FROM above
    JOIN pg_inherits AS inherits ON inherits.inhrelid = above.parent
)

SELECT
    class.oid::bigint AS relation,
    namespace.nspname::text AS schema,
    class.relname::text AS table,
    coalesce(parents.listed, '[]') AS parents
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(there.nspname, parent.relname) ORDER BY parent.oid)
    FROM above
    JOIN pg_class AS parent ON parent.oid = above.parent
    JOIN pg_namespace AS there ON there.oid = parent.relnamespace
    WHERE above.relation = class.oid
) AS parents (listed) ON true
WHERE
    class.relkind = 'r'
    AND class.relpersistence <> 't'
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
ORDER BY namespace.nspname, class.relname;
