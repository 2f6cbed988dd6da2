-- Columns of tables. A column that a table merely inherits is its parent's.
SELECT
    attribute.attrelid AS oid,
    attribute.attnum::integer AS subid,
    attribute.attrelid AS parent,
    0 AS parent_subid,
    attribute.attname AS name,
    attribute.attnum::integer AS position,
    format_type(attribute.atttypid, attribute.atttypmod) AS type,
    attribute.attnotnull AS not_null,
    CASE
        WHEN attribute.attcollation <> type.typcollation THEN attribute.attcollation::regcollation
    END::text AS collation,
    CASE attribute.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    CASE
        WHEN attribute.attgenerated <> ''
        THEN (
            SELECT pg_get_expr(definition.adbin, definition.adrelid)
            FROM pg_attrdef AS definition
            WHERE
                definition.adrelid = attribute.attrelid
                AND definition.adnum = attribute.attnum
        )
    END AS generated,
    CASE attribute.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generation,
    CASE
        WHEN attribute.attstorage <> type.typstorage
        THEN
            CASE attribute.attstorage
                WHEN 'p' THEN 'plain'
                WHEN 'e' THEN 'external'
                WHEN 'x' THEN 'extended'
                ELSE 'main'
            END
    END AS storage,
    CASE type.typstorage
        WHEN 'p' THEN 'plain'
        WHEN 'e' THEN 'external'
        WHEN 'x' THEN 'extended'
        ELSE 'main'
    END AS usual_storage,
    CASE attribute.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    CASE WHEN attribute.attstattarget >= 0 THEN attribute.attstattarget END AS statistics,
    attribute.attoptions AS options,
    attribute.attfdwoptions AS foreign_options,
    -- PostgreSQL 18 keeps NOT NULL as a constraint, which has a name.
    CASE
        WHEN forbidding.conname <> relation.relname || '_' || attribute.attname || '_not_null'
        THEN forbidding.conname
    END AS not_null_name,
    CASE WHEN forbidding.connoinherit THEN true END AS not_null_no_inherit,
    CASE WHEN NOT forbidding.convalidated THEN true END AS not_null_unvalidated,
    forbidding_comment.description AS not_null_comment
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
JOIN pg_type AS type ON type.oid = attribute.atttypid
LEFT JOIN pg_constraint AS forbidding
    ON forbidding.conrelid = attribute.attrelid
    AND forbidding.contype = 'n'
    AND forbidding.conkey[1] = attribute.attnum
LEFT JOIN pg_description AS forbidding_comment
    ON forbidding_comment.classoid = 'pg_constraint'::regclass
    AND forbidding_comment.objoid = forbidding.oid
    AND forbidding_comment.objsubid = 0
WHERE
    relation.relkind IN ('r', 'p', 'f')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND (attribute.attislocal OR attribute.attinhcount = 0);
