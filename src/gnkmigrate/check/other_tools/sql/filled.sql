-- Tables that somebody may put rows into by name: ordinary and partitioned ones.
SELECT
    namespace.nspname::text,
    class.relname::text
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE
    class.relkind IN ('r', 'p')
    AND NOT class.relispartition
    AND class.relpersistence <> 't'
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
    AND NOT EXISTS (
        SELECT FROM pg_depend AS member
        WHERE
            member.classid = 'pg_class'::regclass
            AND member.objid = class.oid
            AND member.deptype = 'e'
    )
ORDER BY 1, 2;
