-- Comments, on whatever has one; the reader finds the thing by its address.
-- A view's columns are no facts of their own, so their comments name them here. Out stay the
-- comments of extensions, which their control files set, and initdb's on schema public.
SELECT
    description.classoid AS classid,
    description.objoid AS objid,
    CASE WHEN viewed.path IS NULL THEN description.objsubid ELSE 0 END AS objsubid,
    CASE WHEN viewed.path IS NOT NULL THEN 'column' END AS kind,
    viewed.path,
    jsonb_build_object('text', description.description) AS payload
FROM pg_description AS description
LEFT JOIN LATERAL (
    SELECT ARRAY[namespace.nspname, relation.relname, attribute.attname]::text[] AS path
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = relation.oid
        AND attribute.attnum = description.objsubid
    WHERE relation.oid = description.objoid AND relation.relkind IN ('v', 'm')
) AS viewed ON description.classoid = 'pg_class'::regclass AND description.objsubid > 0
WHERE
    -- initdb describes thousands of things of its own; only schema public can be the user's.
    (description.objoid >= 16384 OR description.classoid = 'pg_namespace'::regclass)
    AND description.classoid <> 'pg_extension'::regclass
    AND description.description <> 'standard public schema';
