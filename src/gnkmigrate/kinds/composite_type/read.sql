-- Composite types that stand by themselves, with their attributes in order.
SELECT
    type.oid,
    0 AS subid,
    type.typnamespace AS parent,
    0 AS parent_subid,
    type.typname AS name,
    0 AS position,
    ARRAY(
        SELECT
            quote_ident(attribute.attname)
            || ' ' || format_type(attribute.atttypid, attribute.atttypmod)
            || CASE
                WHEN attribute.attcollation <> kind.typcollation
                THEN ' COLLATE ' || attribute.attcollation::regcollation
                ELSE ''
            END
        FROM pg_attribute AS attribute
        JOIN pg_type AS kind ON kind.oid = attribute.atttypid
        WHERE
            attribute.attrelid = relation.oid
            AND attribute.attnum > 0
            AND NOT attribute.attisdropped
        ORDER BY attribute.attnum
    ) AS attributes
FROM pg_type AS type
JOIN pg_class AS relation ON relation.oid = type.typrelid
WHERE relation.relkind = 'c' AND type.typnamespace = ANY (%(schemas)s::oid[]);
