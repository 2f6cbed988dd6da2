-- Tables, partitioned tables and partitions.
SELECT
    ARRAY[namespace.nspname, relation.relname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'persistence', CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
        'options', (
            SELECT coalesce(jsonb_agg(option ORDER BY option), '[]')
            FROM unnest(relation.reloptions) AS option
        ),
        'partitioned_by', pg_get_partkeydef(relation.oid),
        'inherits', (
            SELECT jsonb_agg(
                jsonb_build_object('schema', above_namespace.nspname, 'table', above.relname)
                ORDER BY inheritance.inhseqno
            )
            FROM pg_inherits AS inheritance
            JOIN pg_class AS above ON above.oid = inheritance.inhparent
            JOIN pg_namespace AS above_namespace ON above_namespace.oid = above.relnamespace
            WHERE inheritance.inhrelid = relation.oid
        ),
        'partition_bound', pg_get_expr(relation.relpartbound, relation.oid)
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
    relation.relkind IN ('r', 'p')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
