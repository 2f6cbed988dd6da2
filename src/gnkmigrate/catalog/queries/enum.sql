-- Enum types with their labels in order.
SELECT
    ARRAY[namespace.nspname, type.typname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'labels', (
            SELECT coalesce(jsonb_agg(label.enumlabel ORDER BY label.enumsortorder), '[]')
            FROM pg_enum AS label
            WHERE label.enumtypid = type.oid
        )
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_type'::regclass::oid AS classid,
    type.oid AS objid,
    0 AS objsubid,
    'pg_namespace'::regclass::oid AS parent_classid,
    type.typnamespace AS parent_objid,
    0 AS parent_objsubid
FROM pg_type AS type
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
WHERE type.typtype = 'e' AND type.typnamespace = ANY (%(schemas)s::oid[]);
