-- Tables that hold rows of their own: ordinary ones and partitions. What belongs to an extension
-- is made by it. A generated column is left out, since the copy makes it again.
SELECT namespace.nspname::text,
       class.relname::text,
       class.reltuples::float8,
       coalesce(attributes.names, '{}'),
       coalesce(attributes.texts, '{}')
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN LATERAL (
    SELECT array_agg(attribute.attname::text ORDER BY attribute.attnum) AS names,
           -- What can be masked: text that is in no key, with its type.
           array_agg(ARRAY[attribute.attname::text, format_type(type.oid, attribute.atttypmod)]
                     ORDER BY attribute.attnum)
               FILTER (WHERE type.typcategory = 'S' AND NOT EXISTS (
                   SELECT FROM pg_constraint AS key
                   WHERE key.contype IN ('p', 'f')
                     AND (key.conrelid = class.oid AND attribute.attnum = ANY (key.conkey)
                          OR key.confrelid = class.oid AND attribute.attnum = ANY (key.confkey))
               )) AS texts
    FROM pg_attribute AS attribute
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    WHERE attribute.attrelid = class.oid
      AND attribute.attnum > 0
      AND NOT attribute.attisdropped
      AND attribute.attgenerated = ''
) AS attributes ON true
WHERE class.relkind = 'r'
  AND class.relpersistence <> 't'
  AND namespace.nspname <> 'information_schema'
  AND namespace.nspname NOT LIKE 'pg\_%'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS member
      WHERE member.classid = 'pg_class'::regclass
        AND member.objid = class.oid
        AND member.deptype = 'e'
  )
ORDER BY 1, 2
