-- Extensions, wherever their objects live: a schema that is read may need any of them.
SELECT
    ARRAY[extension.extname]::text[] AS path,
    0 AS position,
    jsonb_build_object('schema', namespace.nspname) AS payload,
    NULL::jsonb AS subject,
    'pg_extension'::regclass::oid AS classid,
    extension.oid AS objid,
    0 AS objsubid,
    NULL::oid AS parent_classid,
    NULL::oid AS parent_objid,
    NULL::integer AS parent_objsubid
FROM pg_extension AS extension
JOIN pg_namespace AS namespace ON namespace.oid = extension.extnamespace;
