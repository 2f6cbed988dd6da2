-- The names of columns that are no facts, but of which indexes and keys have the numbers: those of
-- materialized views, those that tables merely inherit, with the parent's column, and those that
-- foreign keys refer to in tables that are not read.
SELECT
    attribute.attrelid,
    attribute.attnum::integer,
    attribute.attname,
    above.attrelid AS above,
    above.attnum::integer AS above_number
FROM pg_inherits AS inheritance
JOIN pg_class AS relation ON relation.oid = inheritance.inhrelid
JOIN pg_attribute AS attribute ON attribute.attrelid = inheritance.inhrelid
LEFT JOIN pg_attribute AS above
    ON above.attrelid = inheritance.inhparent AND above.attname = attribute.attname
WHERE
    relation.relkind IN ('r', 'p', 'f')
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND attribute.attinhcount > 0
    AND NOT attribute.attislocal
UNION ALL
SELECT attribute.attrelid, attribute.attnum::integer, attribute.attname, NULL, NULL
FROM pg_class AS relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
WHERE relation.relkind = 'm' AND attribute.attnum > 0 AND NOT attribute.attisdropped
UNION ALL
SELECT DISTINCT
    attribute.attrelid,
    attribute.attnum::integer,
    attribute.attname,
    NULL::oid,
    NULL::integer
FROM pg_constraint AS restriction
JOIN pg_class AS referenced ON referenced.oid = restriction.confrelid
JOIN pg_attribute AS attribute
    ON attribute.attrelid = restriction.confrelid AND attribute.attnum = ANY (restriction.confkey)
WHERE
    restriction.contype = 'f'
    AND (
        referenced.relnamespace <> ALL (%(schemas)s::oid[])
        OR referenced.oid = ANY (%(skipped)s::oid[])
    );
