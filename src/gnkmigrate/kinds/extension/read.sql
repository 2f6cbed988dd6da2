-- Extensions, wherever their objects live: a schema that is read may need any of them.
SELECT
    extension.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    extension.extname AS name,
    0 AS position,
    namespace.nspname AS schema,
    extension.extversion AS version,
    CASE WHEN extension.extname <> 'plpgsql' THEN ARRAY(
        SELECT step.target
        FROM pg_extension_update_paths(extension.extname) AS step
        WHERE step.source = extension.extversion AND step.path IS NOT NULL
        ORDER BY step.target
    ) ELSE '{}' END AS updates,
    extension.extversion = CASE WHEN extension.extname <> 'plpgsql' THEN (
        SELECT available.default_version
        FROM pg_available_extensions AS available
        WHERE available.name = extension.extname
    ) ELSE extension.extversion END AS is_usual,
    CASE WHEN extension.extname <> 'plpgsql' THEN (
        SELECT available.comment
        FROM pg_available_extensions AS available
        WHERE available.name = extension.extname
    ) END AS usual_comment,
    ARRAY(
        SELECT concat_ws(
            ';',
            format_type(conversion.castsource, NULL),
            format_type(conversion.casttarget, NULL),
            conversion.castcontext,
            conversion.castmethod
        )
        FROM pg_depend AS link
        JOIN pg_cast AS conversion ON conversion.oid = link.objid
        WHERE
            link.classid = 'pg_cast'::regclass
            AND link.refclassid = 'pg_extension'::regclass
            AND link.refobjid = extension.oid
            AND link.deptype = 'e'
        ORDER BY 1
    ) AS casts,
    ARRAY(
        SELECT ARRAY[member.space, member_namespace.nspname, member.name]::text[]
        FROM (
            SELECT 'relation' AS space, thing.relnamespace AS schema, thing.relname::text AS name
            FROM pg_depend AS link
            JOIN pg_class AS thing ON thing.oid = link.objid
            WHERE
                link.classid = 'pg_class'::regclass
                AND link.refclassid = 'pg_extension'::regclass
                AND link.refobjid = extension.oid
                AND link.deptype = 'e'
            UNION ALL
            SELECT 'type', thing.typnamespace, thing.typname
            FROM pg_depend AS link
            JOIN pg_type AS thing ON thing.oid = link.objid
            WHERE
                link.classid = 'pg_type'::regclass
                AND link.refclassid = 'pg_extension'::regclass
                AND link.refobjid = extension.oid
                AND link.deptype = 'e'
            UNION ALL
            SELECT
                'function',
                thing.pronamespace,
                thing.proname || '(' || oidvectortypes(thing.proargtypes) || ')'
            FROM pg_depend AS link
            JOIN pg_proc AS thing ON thing.oid = link.objid
            WHERE
                link.classid = 'pg_proc'::regclass
                AND link.refclassid = 'pg_extension'::regclass
                AND link.refobjid = extension.oid
                AND link.deptype = 'e'
        ) AS member
        JOIN pg_namespace AS member_namespace ON member_namespace.oid = member.schema
        WHERE extension.oid >= 16384
        ORDER BY 1
    ) AS members
FROM pg_extension AS extension
JOIN pg_namespace AS namespace ON namespace.oid = extension.extnamespace;
