-- The schemas that are neither PostgreSQL's nor gnkmigrate's nor an extension's; public comes first,
-- where unqualified names are looked for.
SELECT namespace.nspname
FROM pg_namespace AS namespace
WHERE
    NOT starts_with(namespace.nspname, 'pg_')
    AND namespace.nspname <> 'information_schema'
    AND namespace.nspname <> ALL (%(own)s::text[])
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE
            link.classid = 'pg_namespace'::regclass
            AND link.objid = namespace.oid
            AND link.deptype = 'e'
    )
ORDER BY namespace.nspname <> 'public', namespace.nspname;
