-- The labels of all enum types; a label that gets another name keeps its oid.
SELECT
    label.oid::bigint,
    namespace.nspname::text,
    type.typname::text,
    label.enumlabel::text
FROM pg_enum AS label
JOIN pg_type AS type ON type.oid = label.enumtypid
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
ORDER BY label.oid;
