-- What tables that were written anew are called, each with all that it inherits from or is a
-- partition of.
WITH RECURSIVE above (relation, parent) AS (
    SELECT inhrelid, inhparent FROM pg_inherits WHERE inhrelid = ANY(%(tables)s::oid [])
    UNION
    SELECT above.relation, inherits.inhparent
    FROM above
    JOIN pg_inherits AS inherits ON inherits.inhrelid = above.parent
)

SELECT
    format('%%I.%%I', namespace.nspname, class.relname),
    ARRAY(
        SELECT format('%%I.%%I', there.nspname, parent.relname)
        FROM above
        JOIN pg_class AS parent ON parent.oid = above.parent
        JOIN pg_namespace AS there ON there.oid = parent.relnamespace
        WHERE above.relation = class.oid
    )
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE
    class.oid = ANY(%(tables)s::oid [])
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
ORDER BY 1;
