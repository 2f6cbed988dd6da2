-- Schemas, and with them the question of whose objects are read at all: every other query takes
-- the oids that this one returns. PostgreSQL's own and gnkmigrate's stay out, and so do those that
-- an extension made.
SELECT
    namespace.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    namespace.nspname AS name,
    0 AS position
FROM pg_namespace AS namespace
WHERE
    NOT starts_with(namespace.nspname, 'pg_')
    AND namespace.nspname <> 'information_schema'
    AND namespace.nspname <> ALL (%(own)s::text[])
    AND (%(names)s::text[] IS NULL OR namespace.nspname = ANY (%(names)s::text[]));
