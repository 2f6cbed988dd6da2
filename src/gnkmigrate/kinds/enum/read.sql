-- Enum types with their labels in order.
SELECT
    type.oid,
    0 AS subid,
    type.typnamespace AS parent,
    0 AS parent_subid,
    type.typname AS name,
    0 AS position,
    labels.labels
FROM pg_type AS type
LEFT JOIN LATERAL (
    SELECT coalesce(array_agg(label.enumlabel::text ORDER BY label.enumsortorder), '{}') AS labels
    FROM pg_enum AS label
    WHERE label.enumtypid = type.oid
) AS labels ON true
WHERE type.typtype = 'e' AND type.typnamespace = ANY (%(schemas)s::oid[]);
