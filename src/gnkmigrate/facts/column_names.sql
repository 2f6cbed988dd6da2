-- The names of columns that are no facts, but of which indexes and keys have the numbers: those that
-- tables merely inherit, and those of materialized views.
SELECT attribute.attrelid, attribute.attnum::integer, attribute.attname
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
WHERE
    attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND (
        relation.relkind = 'm'
        OR (
            relation.relkind IN ('r', 'p', 'f')
            AND attribute.attinhcount > 0
            AND NOT attribute.attislocal
        )
    );
