-- What a partition or a child table has of its own on columns that it merely inherits: where it
-- differs from the parent. A column with several parents is held against the first.
SELECT
    attribute.attrelid AS oid,
    attribute.attnum::integer AS subid,
    attribute.attrelid AS parent,
    0 AS parent_subid,
    attribute.attname AS name,
    attribute.attnum::integer AS position,
    attribute.attnotnull AND NOT handed_on.not_null AS not_null,
    -- PostgreSQL 18 keeps NOT NULL as a constraint, which has a name.
    CASE
        WHEN
            NOT handed_on.not_null
            AND forbidding.conname <> relation.relname || '_' || attribute.attname || '_not_null'
        THEN forbidding.conname
    END AS not_null_name,
    CASE
        WHEN attribute.attstorage <> above.attstorage
        THEN
            CASE attribute.attstorage
                WHEN 'p' THEN 'plain'
                WHEN 'e' THEN 'external'
                WHEN 'x' THEN 'extended'
                ELSE 'main'
            END
    END AS storage,
    CASE above.attstorage
        WHEN 'p' THEN 'plain'
        WHEN 'e' THEN 'external'
        WHEN 'x' THEN 'extended'
        ELSE 'main'
    END AS usual_storage,
    CASE
        WHEN attribute.attcompression <> above.attcompression
        THEN
            CASE attribute.attcompression
                WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'default'
            END
    END AS compression,
    CASE WHEN attribute.attstattarget >= 0 THEN attribute.attstattarget END AS statistics,
    attribute.attoptions AS options,
    attribute.attfdwoptions AS foreign_options,
    above.atthasdef AND NOT attribute.atthasdef AS without_default,
    own.expression AS generated
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
JOIN pg_inherits AS inheritance
    ON inheritance.inhrelid = attribute.attrelid AND inheritance.inhseqno = 1
JOIN pg_attribute AS above
    ON above.attrelid = inheritance.inhparent AND above.attname = attribute.attname
LEFT JOIN pg_constraint AS forbidding
    ON forbidding.conrelid = attribute.attrelid
    AND forbidding.contype = 'n'
    AND forbidding.conkey[1] = attribute.attnum
CROSS JOIN LATERAL (
    -- From PostgreSQL 18 on NOT NULL may be the parent's alone (NO INHERIT).
    SELECT above.attnotnull AND NOT EXISTS (
        SELECT FROM pg_constraint AS alone
        WHERE
            alone.conrelid = above.attrelid
            AND alone.contype = 'n'
            AND alone.conkey[1] = above.attnum
            AND alone.connoinherit
    ) AS not_null
) AS handed_on
LEFT JOIN LATERAL (
    SELECT pg_get_expr(definition.adbin, definition.adrelid) AS expression
    FROM pg_attrdef AS definition
    JOIN pg_attrdef AS inherited
        ON inherited.adrelid = above.attrelid AND inherited.adnum = above.attnum
    WHERE
        attribute.attgenerated <> ''
        AND definition.adrelid = attribute.attrelid
        AND definition.adnum = attribute.attnum
        AND pg_get_expr(definition.adbin, definition.adrelid)
        <> pg_get_expr(inherited.adbin, inherited.adrelid)
) AS own ON true
WHERE
    relation.relkind IN ('r', 'p', 'f')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND NOT attribute.attislocal
    AND (
        (attribute.attnotnull AND NOT handed_on.not_null)
        OR attribute.attstorage <> above.attstorage
        OR attribute.attcompression <> above.attcompression
        OR attribute.attstattarget >= 0
        OR attribute.attoptions IS NOT NULL
        OR attribute.attfdwoptions IS NOT NULL
        OR (above.atthasdef AND NOT attribute.atthasdef)
        OR own.expression IS NOT NULL
    );
