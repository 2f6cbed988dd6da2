-- The names of columns that are no facts, but of which indexes and keys have the numbers: those of
-- materialized views, and those that tables merely inherit, with the parent's column.
SELECT
    attribute.attrelid,
    attribute.attnum::integer,
    attribute.attname,
    above.attrelid AS above,
    above.attnum::integer AS above_number
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
LEFT JOIN pg_inherits AS inheritance
    ON inheritance.inhrelid = attribute.attrelid AND relation.relkind <> 'm'
LEFT JOIN pg_attribute AS above
    ON above.attrelid = inheritance.inhparent AND above.attname = attribute.attname
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
