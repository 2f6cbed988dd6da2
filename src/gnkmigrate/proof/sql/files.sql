-- The file of each table that has rows: another file for the same table means that all of its rows
-- were written anew.
WITH RECURSIVE above (relation, parent) AS (
    SELECT inhrelid, inhparent FROM pg_inherits
    UNION
    SELECT above.relation, inherits.inhparent
    FROM above
    JOIN pg_inherits AS inherits ON inherits.inhrelid = above.parent
)

SELECT
    class.oid::bigint,
    format('%I.%I', namespace.nspname, class.relname),
    class.relfilenode::bigint,
    ARRAY(
        SELECT format('%I.%I', there.nspname, parent.relname)
        FROM above
        JOIN pg_class AS parent ON parent.oid = above.parent
        JOIN pg_namespace AS there ON there.oid = parent.relnamespace
        WHERE above.relation = class.oid
    )
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE
    class.relkind IN ('r', 'm')
    AND class.relpersistence <> 't'
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_');
