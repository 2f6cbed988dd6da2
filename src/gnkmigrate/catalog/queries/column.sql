-- Columns of tables. A column that a table merely inherits is its parent's.
SELECT
    ARRAY[namespace.nspname, relation.relname, attribute.attname]::text[] AS path,
    attribute.attnum::integer AS position,
    jsonb_build_object(
        'type', format_type(attribute.atttypid, attribute.atttypmod),
        'not_null', attribute.attnotnull,
        'collation', CASE WHEN attribute.attcollation <> type.typcollation THEN (
            SELECT quote_ident(collation_namespace.nspname) || '.' || quote_ident(rule.collname)
            FROM pg_collation AS rule
            JOIN pg_namespace AS collation_namespace
                ON collation_namespace.oid = rule.collnamespace
            WHERE rule.oid = attribute.attcollation
        ) END,
        'identity', CASE attribute.attidentity
            WHEN 'a' THEN 'always'
            WHEN 'd' THEN 'by default'
        END,
        'generated', CASE
            WHEN attribute.attgenerated <> ''
            THEN pg_get_expr(definition.adbin, definition.adrelid)
        END,
        'generation', CASE attribute.attgenerated
            WHEN 's' THEN 'stored'
            WHEN 'v' THEN 'virtual'
        END
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_class'::regclass::oid AS classid,
    attribute.attrelid AS objid,
    attribute.attnum::integer AS objsubid,
    'pg_class'::regclass::oid AS parent_classid,
    attribute.attrelid AS parent_objid,
    0 AS parent_objsubid
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_type AS type ON type.oid = attribute.atttypid
LEFT JOIN pg_attrdef AS definition
    ON definition.adrelid = attribute.attrelid
    AND definition.adnum = attribute.attnum
    AND attribute.attgenerated <> ''
WHERE
    relation.relkind IN ('r', 'p')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND (attribute.attislocal OR attribute.attinhcount = 0);
