-- The labels of all enum types.
SELECT
    namespace.nspname::text,
    type.typname::text,
    label.enumlabel::text
FROM pg_enum AS label
JOIN pg_type AS type ON type.oid = label.enumtypid
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
ORDER BY namespace.nspname, type.typname, label.enumsortorder;
