-- Materialized views. A setting of a column is read only where it is not the usual one.
WITH storage (letter, word) AS (
    VALUES
        ('p'::"char", 'plain'),
        ('e'::"char", 'external'),
        ('x'::"char", 'extended'),
        ('m'::"char", 'main')
)

SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    pg_get_viewdef(relation.oid) AS definition,
    relation.reloptions AS options,
    toast.reloptions AS toast_options,
    method.amname AS access_method,
    tablespace.spcname AS tablespace,
    relation.relispopulated AS populated,
    (
        SELECT array_agg(
            quote_ident(attribute.attname) || ' '
            || format_type(attribute.atttypid, attribute.atttypmod)
            ORDER BY attribute.attnum
        )
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = relation.oid AND attribute.attnum > 0
    ) AS columns,
    settings.columns AS column_settings
FROM pg_class AS relation
LEFT JOIN pg_class AS toast ON toast.oid = relation.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN LATERAL (
    SELECT
        jsonb_object_agg(
            attribute.attname,
            jsonb_build_object(
                'storage', CASE WHEN attribute.attstorage <> type.typstorage THEN own.word END,
                'usual_storage', usual.word,
                'compression',
                CASE attribute.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                'statistics',
                CASE WHEN attribute.attstattarget >= 0 THEN attribute.attstattarget END,
                'options', attribute.attoptions,
                'foreign_options', NULL
            )
        ) AS columns
    FROM pg_attribute AS attribute
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    JOIN storage AS own ON own.letter = attribute.attstorage
    JOIN storage AS usual ON usual.letter = type.typstorage
    WHERE
        attribute.attrelid = relation.oid
        AND attribute.attnum > 0
        AND (
            attribute.attstorage <> type.typstorage
            OR attribute.attcompression <> ''
            OR attribute.attstattarget >= 0
            OR attribute.attoptions IS NOT NULL
        )
) AS settings ON true
LEFT JOIN pg_am AS method ON method.oid = relation.relam
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = relation.reltablespace
WHERE
    relation.relkind = 'm'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
