-- Defaults of columns. The expression of a generated column belongs to the column itself.
SELECT
    ARRAY[namespace.nspname, relation.relname, attribute.attname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'expression', pg_get_expr(definition.adbin, definition.adrelid)
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_attrdef'::regclass::oid AS classid,
    definition.oid AS objid,
    0 AS objsubid,
    'pg_class'::regclass::oid AS parent_classid,
    definition.adrelid AS parent_objid,
    definition.adnum::integer AS parent_objsubid
FROM pg_attrdef AS definition
JOIN pg_attribute AS attribute
    ON attribute.attrelid = definition.adrelid
    AND attribute.attnum = definition.adnum
JOIN pg_class AS relation ON relation.oid = definition.adrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE
    relation.relkind IN ('r', 'p')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND attribute.attgenerated = '';
