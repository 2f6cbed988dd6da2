-- Who owns what. The sequences of identity and serial columns have their table's owner, always.
SELECT
    -- A composite type is one of pg_type, and has a row in pg_class as well.
    CASE relation.relkind
        WHEN 'c' THEN 'pg_type'::regclass
        ELSE 'pg_class'::regclass
    END::oid AS catalog,
    CASE relation.relkind WHEN 'c' THEN relation.reltype ELSE relation.oid END AS oid,
    0 AS subid,
    NULL::name AS column,
    pg_get_userbyid(relation.relowner) AS owner
FROM pg_class AS relation
WHERE
    relation.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND NOT (
        relation.relkind = 'S'
        AND relation.oid IN (
            SELECT link.objid
            FROM pg_depend AS link
            WHERE
                link.classid = 'pg_class'::regclass
                AND link.refclassid = 'pg_class'::regclass
                AND link.refobjsubid > 0
                AND link.deptype IN ('a', 'i')
        )
    )
UNION ALL
SELECT 'pg_proc'::regclass, function.oid, 0, NULL, pg_get_userbyid(function.proowner)
FROM pg_proc AS function
WHERE function.pronamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_type'::regclass, type.oid, 0, NULL, pg_get_userbyid(type.typowner)
FROM pg_type AS type
WHERE
    type.typnamespace = ANY (%(schemas)s::oid[])
    AND type.typrelid = 0
    -- An array type is its element's.
    AND NOT (type.typtype = 'b' AND type.typelem <> 0 AND type.typcategory = 'A')
UNION ALL
SELECT 'pg_namespace'::regclass, namespace.oid, 0, NULL, pg_get_userbyid(namespace.nspowner)
FROM pg_namespace AS namespace
WHERE namespace.oid = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_collation'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.collowner)
FROM pg_collation AS thing
WHERE thing.collnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_conversion'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.conowner)
FROM pg_conversion AS thing
WHERE thing.connamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_operator'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.oprowner)
FROM pg_operator AS thing
WHERE thing.oprnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_opclass'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.opcowner)
FROM pg_opclass AS thing
WHERE thing.opcnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_opfamily'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.opfowner)
FROM pg_opfamily AS thing
WHERE thing.opfnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_statistic_ext'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.stxowner)
FROM pg_statistic_ext AS thing
WHERE thing.stxnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_ts_dict'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.dictowner)
FROM pg_ts_dict AS thing
WHERE thing.dictnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_ts_config'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.cfgowner)
FROM pg_ts_config AS thing
WHERE thing.cfgnamespace = ANY (%(schemas)s::oid[])
UNION ALL
SELECT 'pg_language'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.lanowner)
FROM pg_language AS thing
UNION ALL
SELECT 'pg_foreign_data_wrapper'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.fdwowner)
FROM pg_foreign_data_wrapper AS thing
UNION ALL
SELECT 'pg_foreign_server'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.srvowner)
FROM pg_foreign_server AS thing
UNION ALL
SELECT 'pg_event_trigger'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.evtowner)
FROM pg_event_trigger AS thing
UNION ALL
SELECT 'pg_publication'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.pubowner)
FROM pg_publication AS thing
UNION ALL
SELECT 'pg_subscription'::regclass, thing.oid, 0, NULL, pg_get_userbyid(thing.subowner)
FROM pg_subscription AS thing
WHERE thing.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database());
