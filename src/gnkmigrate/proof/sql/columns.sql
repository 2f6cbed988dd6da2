-- The columns of all tables that hold rows of their own: ordinary tables and partitions.
--
-- The shape of a column is what decides on how its values print: its type, and whatever that is
-- made of. A column is named when it, or one that it inherits from, is among the given names, or
-- when a type is that its own is made of; what it is to inherit from counts.
WITH RECURSIVE attributes AS (
    SELECT attribute.*, class.relnamespace, class.relname
    FROM pg_attribute AS attribute
    JOIN pg_class AS class ON class.oid = attribute.attrelid
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE
        class.relkind = 'r'
        AND class.relpersistence <> 't'
        AND attribute.attnum > 0
        AND NOT attribute.attisdropped
        AND namespace.nspname <> 'information_schema'
        AND NOT starts_with(namespace.nspname, 'pg_')
),

-- Types that users made, and what each is made of.
made_of (root, type) AS (
    SELECT DISTINCT atttypid, atttypid FROM attributes WHERE atttypid >= 16384
    UNION
    SELECT made_of.root, inside.type
    FROM made_of
    JOIN pg_type AS whole ON whole.oid = made_of.type
    CROSS JOIN LATERAL (
        SELECT whole.typelem UNION ALL SELECT whole.typbasetype
        UNION ALL
        SELECT range.rngsubtype FROM pg_range AS range
        WHERE whole.oid IN (range.rngtypid, range.rngmultitypid)
        UNION ALL
        SELECT part.atttypid FROM pg_attribute AS part
        WHERE part.attrelid = whole.typrelid AND part.attnum > 0 AND NOT part.attisdropped
    ) AS inside (type)
    WHERE inside.type >= 16384
),

shapes AS (
    SELECT
        made_of.root,
        string_agg(
            concat_ws(' ', type.oid, type.typbasetype, type.typtypmod, parts.listed),
            ',' ORDER BY type.oid
        ) AS shape,
        bool_or(jsonb_build_array(namespace.nspname, type.typname) = ANY (%(named)s::jsonb[]))
            AS named
    FROM made_of
    JOIN pg_type AS type ON type.oid = made_of.type
    JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
    LEFT JOIN LATERAL (
        SELECT string_agg(concat_ws(':', attnum, atttypid, atttypmod), ' ' ORDER BY attnum)
        FROM pg_attribute
        WHERE attrelid = type.typrelid AND attnum > 0 AND NOT attisdropped
    ) AS parts (listed) ON true
    GROUP BY made_of.root
),

below (relation, parent) AS (
    SELECT inhrelid, inhparent FROM pg_inherits
    UNION
    SELECT
        to_regclass(format('%%I.%%I', joined #>> '{0,0}', joined #>> '{0,1}'))::oid,
        to_regclass(format('%%I.%%I', joined #>> '{1,0}', joined #>> '{1,1}'))::oid
    FROM jsonb_array_elements(%(joined)s) AS joins (joined)
),

named AS (
    SELECT attribute.attrelid, attribute.attname
    FROM pg_attribute AS attribute
    JOIN pg_class AS class ON class.oid = attribute.attrelid
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE jsonb_build_array(namespace.nspname, class.relname, attribute.attname)
        = ANY (%(named)s::jsonb[])
    UNION
    SELECT below.relation, named.attname
    FROM named
    JOIN below ON below.parent = named.attrelid
)

SELECT
    attributes.attrelid::bigint AS relation,
    namespace.nspname::text AS schema,
    attributes.relname::text AS table,
    attributes.attnum::int AS number,
    attributes.attname::text AS column,
    format_type(attributes.atttypid, attributes.atttypmod) AS type,
    -- These print the name of what they are about, which may be another one afterwards.
    type.typname IN ('regclass', 'regtype', 'regproc', 'regprocedure', 'regoper', 'regoperator',
                     'regnamespace', 'regrole', 'regconfig', 'regdictionary', 'regcollation')
        AND type.typnamespace = 'pg_catalog'::regnamespace AS refers,
    attributes.attgenerated <> '' AS generated,
    CASE
        WHEN coalesce(element.typtype, type.typtype) = 'e'
            THEN ARRAY[
                inside.nspname::text, coalesce(element.typname, type.typname)::text
            ]
    END AS enum,
    concat_ws(' ', attributes.atttypid, attributes.atttypmod, shapes.shape) AS shape,
    named.attrelid IS NOT NULL OR coalesce(shapes.named, false) AS named
FROM attributes
JOIN pg_namespace AS namespace ON namespace.oid = attributes.relnamespace
JOIN pg_type AS type ON type.oid = attributes.atttypid
LEFT JOIN pg_type AS element ON element.oid = type.typelem AND type.typcategory = 'A'
JOIN pg_namespace AS inside ON inside.oid = coalesce(element.typnamespace, type.typnamespace)
LEFT JOIN shapes ON shapes.root = attributes.atttypid
LEFT JOIN named
    ON named.attrelid = attributes.attrelid AND named.attname = attributes.attname
ORDER BY namespace.nspname, attributes.relname, attributes.attrelid, attributes.attnum;
