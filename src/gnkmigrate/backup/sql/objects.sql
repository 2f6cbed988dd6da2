-- What a database holds apart from extensions and their members, and how each is dropped: what
-- merely goes with another object (an index, a partition, an owned sequence) is left out.
WITH candidate (classid, objid) AS (
    SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname <> 'public'
    UNION ALL
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_proc'::regclass, oid FROM pg_proc
    UNION ALL
    SELECT 'pg_type'::regclass, oid FROM pg_type
    UNION ALL
    SELECT 'pg_collation'::regclass, oid FROM pg_collation
    UNION ALL
    SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
    UNION ALL
    SELECT 'pg_operator'::regclass, oid FROM pg_operator
    UNION ALL
    SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
    UNION ALL
    SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
    UNION ALL
    SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser
    UNION ALL
    SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template
    UNION ALL
    SELECT 'pg_cast'::regclass, oid FROM pg_cast
    UNION ALL
    SELECT 'pg_language'::regclass, oid FROM pg_language
    UNION ALL
    SELECT 'pg_am'::regclass, oid FROM pg_am
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
    UNION ALL
    SELECT 'pg_publication'::regclass, oid FROM pg_publication
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
),

object AS (
    SELECT candidate.classid, candidate.objid, identified.type, identified.identity
    FROM candidate
    CROSS JOIN LATERAL pg_identify_object(candidate.classid, candidate.objid, 0) AS identified
    LEFT JOIN pg_depend AS belonging
        ON belonging.classid = candidate.classid
        AND belonging.objid = candidate.objid
        AND belonging.objsubid = 0
        AND belonging.deptype IN ('a', 'e', 'i', 'P', 'S')
    WHERE
        candidate.objid >= 16384
        AND belonging.objid IS NULL
        AND coalesce(identified.schema, identified.name, '') !~ '^pg_(toast_)?temp_'
),

listed AS (
    SELECT
        type || ' ' || identity AS description,
        format(
            'DROP %s IF EXISTS %s CASCADE',
            CASE
                WHEN classid = 'pg_proc'::regclass THEN 'ROUTINE'
                ELSE upper(replace(type, '-', ' '))
            END,
            identity
        ) AS statement
    FROM object
    UNION ALL
    SELECT 'large object ' || oid, format('SELECT pg_catalog.lo_unlink(%s)', oid)
    FROM pg_largeobject_metadata
)

SELECT description, statement
FROM listed
ORDER BY description COLLATE "C";
