-- Views and materialized views.
SELECT
    ARRAY[namespace.nspname, relation.relname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'definition', pg_get_viewdef(relation.oid),
        'materialized', relation.relkind = 'm',
        'options', (
            SELECT coalesce(jsonb_agg(option ORDER BY option), '[]')
            FROM unnest(relation.reloptions) AS option
        )
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_class'::regclass::oid AS classid,
    relation.oid AS objid,
    0 AS objsubid,
    'pg_namespace'::regclass::oid AS parent_classid,
    relation.relnamespace AS parent_objid,
    0 AS parent_objsubid
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE
    relation.relkind IN ('v', 'm')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
