-- Extensions, wherever their objects live: a schema that is read may need any of them.
SELECT
    extension.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    extension.extname AS name,
    0 AS position,
    namespace.nspname AS schema,
    extension.extversion AS version
FROM pg_extension AS extension
JOIN pg_namespace AS namespace ON namespace.oid = extension.extnamespace;
