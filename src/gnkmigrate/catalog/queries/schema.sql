-- Schemas, and with them the question of whose objects are read at all: every other query takes
-- the oids that this one returns. PostgreSQL's own and gnkmigrate's stay out.
SELECT
    ARRAY[namespace.nspname]::text[] AS path,
    0 AS position,
    '{}'::jsonb AS payload,
    NULL::jsonb AS subject,
    'pg_namespace'::regclass::oid AS classid,
    namespace.oid AS objid,
    0 AS objsubid,
    NULL::oid AS parent_classid,
    NULL::oid AS parent_objid,
    NULL::integer AS parent_objsubid
FROM pg_namespace AS namespace
WHERE
    NOT starts_with(namespace.nspname, 'pg_')
    AND namespace.nspname NOT IN (
        'information_schema', 'gnkmigrate', 'gnkmigrate_archive', 'gnkmigrate_staging'
    )
    AND (%(names)s::text[] IS NULL OR namespace.nspname = ANY (%(names)s::text[]));
