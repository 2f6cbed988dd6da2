-- Comments, on whatever has one; the reader finds the thing by its address. Those on columns that
-- are no facts of their own (of views, of composite types, inherited ones) name them, and so do
-- those on the indexes of constraints. Out stay the comments that extensions set on themselves,
-- and initdb's on schema public; where somebody has taken such a comment away, the text is null.
SELECT
    description.classoid AS catalog,
    description.objoid AS oid,
    description.objsubid AS subid,
    coalesce(attribute.attname, key.relname) AS column,
    description.description AS text
FROM pg_description AS description
LEFT JOIN pg_attribute AS attribute
    ON description.classoid = 'pg_class'::regclass
    AND description.objsubid > 0
    AND attribute.attrelid = description.objoid
    AND attribute.attnum = description.objsubid
LEFT JOIN pg_class AS key
    ON description.classoid = 'pg_class'::regclass
    AND description.objsubid = 0
    AND key.oid = description.objoid
    AND key.relkind IN ('i', 'I')
LEFT JOIN pg_extension AS extension
    ON description.classoid = 'pg_extension'::regclass AND extension.oid = description.objoid
WHERE
    -- initdb describes thousands of things of its own; only schema public can be the user's.
    (description.objoid >= 16384 OR description.classoid = 'pg_namespace'::regclass)
    AND (description.classoid, description.description)
    <> ('pg_namespace'::regclass, 'standard public schema')
    -- Reading the files of all extensions takes longer than all else here.
    AND CASE
        WHEN extension.oid IS NULL THEN true
        ELSE (extension.extname, description.description) NOT IN (
            SELECT available.name, available.comment
            FROM pg_available_extensions() AS available
            WHERE available.comment IS NOT NULL
        )
    END
UNION ALL
SELECT 'pg_namespace'::regclass, namespace.oid, 0, NULL, NULL
FROM pg_namespace AS namespace
WHERE namespace.nspname = 'public' AND obj_description(namespace.oid, 'pg_namespace') IS NULL
UNION ALL
SELECT 'pg_extension'::regclass, extension.oid, 0, NULL, NULL
FROM pg_extension AS extension
WHERE
    extension.oid >= 16384
    AND obj_description(extension.oid, 'pg_extension') IS NULL
    AND EXISTS (
        SELECT
        FROM pg_available_extensions() AS available
        WHERE available.name = extension.extname AND available.comment IS NOT NULL
    );
