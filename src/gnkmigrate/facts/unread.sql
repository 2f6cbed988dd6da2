-- What no kind reads: what lies in schemas that are not read, and PostgreSQL's own things and the
-- database where somebody has changed who may use them. A few names of each, and how many.
WITH things AS (
    SELECT
        'pg_class'::regclass AS catalog,
        relation.oid,
        relation.relnamespace AS namespace,
        relation.relname AS name
    FROM pg_class AS relation
    WHERE relation.relkind NOT IN ('i', 'I', 't', 'c')
    UNION ALL
    SELECT 'pg_proc'::regclass, thing.oid, thing.pronamespace, thing.proname
    FROM pg_proc AS thing
    UNION ALL
    SELECT 'pg_type'::regclass, thing.oid, thing.typnamespace, thing.typname
    FROM pg_type AS thing
    LEFT JOIN pg_class AS relation ON relation.oid = thing.typrelid
    WHERE
        thing.typtype <> 'm'
        AND (thing.typrelid = 0 OR relation.relkind = 'c')
        AND NOT (thing.typtype = 'b' AND thing.typelem <> 0 AND thing.typcategory = 'A')
    UNION ALL
    SELECT 'pg_operator'::regclass, thing.oid, thing.oprnamespace, thing.oprname
    FROM pg_operator AS thing
    UNION ALL
    SELECT 'pg_opclass'::regclass, thing.oid, thing.opcnamespace, thing.opcname
    FROM pg_opclass AS thing
    UNION ALL
    SELECT 'pg_opfamily'::regclass, thing.oid, thing.opfnamespace, thing.opfname
    FROM pg_opfamily AS thing
    UNION ALL
    SELECT 'pg_collation'::regclass, thing.oid, thing.collnamespace, thing.collname
    FROM pg_collation AS thing
    UNION ALL
    SELECT 'pg_conversion'::regclass, thing.oid, thing.connamespace, thing.conname
    FROM pg_conversion AS thing
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, thing.oid, thing.stxnamespace, thing.stxname
    FROM pg_statistic_ext AS thing
    UNION ALL
    SELECT 'pg_ts_config'::regclass, thing.oid, thing.cfgnamespace, thing.cfgname
    FROM pg_ts_config AS thing
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, thing.oid, thing.dictnamespace, thing.dictname
    FROM pg_ts_dict AS thing
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, thing.oid, thing.prsnamespace, thing.prsname
    FROM pg_ts_parser AS thing
    UNION ALL
    SELECT 'pg_ts_template'::regclass, thing.oid, thing.tmplnamespace, thing.tmplname
    FROM pg_ts_template AS thing
),

-- Looked for once, and not once for each schema.
strange AS MATERIALIZED (
    SELECT thing.catalog, thing.oid, thing.namespace, thing.name
    FROM things AS thing
    WHERE thing.oid >= 16384 AND thing.namespace <> ALL (%(schemas)s::oid[])
),

elsewhere AS (
    SELECT
        namespace.nspname || '.' || thing.name AS name,
        starts_with(namespace.nspname, 'pg_') OR namespace.nspname = 'information_schema' AS own
    FROM strange AS thing
    JOIN pg_namespace AS namespace ON namespace.oid = thing.namespace
    WHERE
        namespace.nspname !~ '^pg_(toast|temp)'
        AND namespace.nspname <> ALL (%(own)s::text[])
        AND NOT EXISTS (
            SELECT
            FROM pg_depend AS link
            WHERE
                link.classid = thing.catalog
                AND link.objid = thing.oid
                AND link.deptype IN ('e', 'i')
        )
),

granted AS (
    SELECT
        'pg_class'::regclass AS catalog,
        relation.oid,
        relation.oid::regclass::text AS name,
        relation.relacl AS acl,
        acldefault('r', relation.relowner) AS usual
    FROM pg_class AS relation
    WHERE
        relation.oid < 16384
        AND relation.relacl IS NOT NULL
        AND relation.relnamespace = 'pg_catalog'::regnamespace
    UNION ALL
    SELECT
        'pg_proc'::regclass,
        thing.oid,
        thing.oid::regprocedure::text,
        thing.proacl,
        acldefault('f', thing.proowner)
    FROM pg_proc AS thing
    WHERE thing.oid < 16384 AND thing.proacl IS NOT NULL
    UNION ALL
    SELECT
        'pg_type'::regclass,
        thing.oid,
        thing.oid::regtype::text,
        thing.typacl,
        acldefault('T', thing.typowner)
    FROM pg_type AS thing
    WHERE thing.oid < 16384 AND thing.typacl IS NOT NULL
    UNION ALL
    SELECT
        'pg_language'::regclass,
        thing.oid,
        'language ' || thing.lanname,
        thing.lanacl,
        acldefault('l', thing.lanowner)
    FROM pg_language AS thing
    WHERE thing.oid < 16384 AND thing.lanacl IS NOT NULL
    UNION ALL
    SELECT
        'pg_namespace'::regclass,
        thing.oid,
        'schema ' || thing.nspname,
        thing.nspacl,
        acldefault('n', thing.nspowner)
    FROM pg_namespace AS thing
    WHERE
        thing.oid < 16384
        AND thing.nspacl IS NOT NULL
        AND thing.nspname = 'pg_catalog'
),

changed AS (
    SELECT granted.name
    FROM granted
    LEFT JOIN pg_init_privs AS initial
        ON initial.classoid = granted.catalog
        AND initial.objoid = granted.oid
        AND initial.objsubid = 0
    WHERE
        NOT (
            granted.acl @> coalesce(initial.initprivs, granted.usual)
            AND granted.acl <@ coalesce(initial.initprivs, granted.usual)
        )
),

-- Foreign keys that DISABLE TRIGGER ALL has switched off on a part of their partitions.
parted AS (
    SELECT DISTINCT own.tgrelid::regclass || '.' || restriction.conname AS name
    FROM pg_constraint AS restriction
    JOIN pg_trigger AS own ON own.tgconstraint = restriction.oid
    LEFT JOIN pg_trigger AS above
        ON above.tgconstraint = restriction.conparentid AND above.tgfoid = own.tgfoid
    WHERE
        EXISTS (SELECT FROM pg_inherits)
        AND restriction.contype = 'f'
        AND restriction.conparentid <> 0
        AND restriction.connamespace = ANY (%(schemas)s::oid[])
        -- PostgreSQL 14 has no triggers on the partitioned table itself.
        AND own.tgenabled <> coalesce(above.tgenabled, 'O')
),

database AS (
    SELECT
        CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(given.grantee) END
        || ' ' || given.privilege_type AS name
    FROM pg_database AS database
    CROSS JOIN aclexplode(database.datacl) AS given
    WHERE
        database.datname = current_database()
        AND NOT EXISTS (
            SELECT
            FROM aclexplode(acldefault('d', database.datdba)) AS usual
            WHERE
                usual.grantee = given.grantee
                AND usual.privilege_type = given.privilege_type
                AND usual.is_grantable = given.is_grantable
        )
    UNION ALL
    SELECT 'PUBLIC without ' || usual.privilege_type
    FROM pg_database AS database
    CROSS JOIN aclexplode(acldefault('d', database.datdba)) AS usual
    WHERE
        database.datname = current_database()
        AND database.datacl IS NOT NULL
        AND usual.grantee = 0
        AND NOT EXISTS (
            SELECT
            FROM aclexplode(database.datacl) AS given
            WHERE given.grantee = 0 AND given.privilege_type = usual.privilege_type
        )
),

properties AS (
    SELECT 'comment' AS name
    FROM pg_database AS database
    WHERE
        database.datname = current_database()
        AND shobj_description(database.oid, 'pg_database') IS NOT NULL
    UNION ALL
    SELECT 'connection limit'
    FROM pg_database AS database
    WHERE database.datname = current_database() AND database.datconnlimit <> -1
)

SELECT
    'object' AS kind,
    (array_agg(elsewhere.name ORDER BY elsewhere.name))[:5] AS names,
    count(*) AS count,
    CASE
        WHEN elsewhere.own THEN 'in a schema of PostgreSQL''s own'
        ELSE 'in a schema that the settings leave out'
    END AS reason,
    NOT elsewhere.own AS on_purpose
FROM elsewhere
GROUP BY elsewhere.own
UNION ALL
SELECT
    'object of PostgreSQL''s own',
    (array_agg(changed.name ORDER BY changed.name))[:5],
    count(*),
    'somebody has changed its privileges',
    false
FROM changed
HAVING count(*) > 0
UNION ALL
SELECT
    'share of a foreign key',
    (array_agg(parted.name ORDER BY parted.name))[:5],
    count(*),
    'its triggers fire at other times on this partition',
    false
FROM parted
HAVING count(*) > 0
UNION ALL
SELECT
    'privilege on the database',
    (array_agg(database.name ORDER BY database.name))[:5],
    count(*),
    'it belongs to the server',
    true
FROM database
HAVING count(*) > 0
UNION ALL
SELECT
    'property of the database',
    array_agg(properties.name ORDER BY properties.name),
    count(*),
    'it belongs to the server',
    true
FROM properties
HAVING count(*) > 0;
