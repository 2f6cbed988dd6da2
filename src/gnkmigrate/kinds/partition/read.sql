-- What makes a table a partition of another: of which, and for which rows.
SELECT
    relation.oid,
    -1 AS subid,
    relation.oid AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    ARRAY[above_namespace.nspname, above.relname]::text[] AS of,
    pg_get_expr(relation.relpartbound, relation.oid) AS bound,
    inheritance.inhdetachpending AS detach_pending,
    (
        SELECT jsonb_object_agg(own.conname, origin.conname)
        FROM pg_constraint AS own
        JOIN pg_constraint AS origin ON origin.oid = own.conparentid
        WHERE
            own.conrelid = relation.oid
            AND own.contype = 'f'
            AND origin.conrelid = inheritance.inhparent
    ) AS foreign_keys,
    -- PostgreSQL 18 keeps NOT NULL as a constraint; a table that is attached keeps its name for it.
    (
        SELECT jsonb_object_agg(attribute.attname, own.conname)
        FROM pg_constraint AS own
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = own.conrelid AND attribute.attnum = own.conkey[1]
        JOIN pg_attribute AS above_attribute
            ON above_attribute.attrelid = inheritance.inhparent
            AND above_attribute.attname = attribute.attname
        JOIN pg_constraint AS origin
            ON origin.conrelid = inheritance.inhparent
            AND origin.contype = 'n'
            AND origin.conkey[1] = above_attribute.attnum
        WHERE own.conrelid = relation.oid AND own.contype = 'n' AND own.conname <> origin.conname
    ) AS not_null_names
FROM pg_class AS relation
JOIN pg_inherits AS inheritance ON inheritance.inhrelid = relation.oid
JOIN pg_class AS above ON above.oid = inheritance.inhparent
JOIN pg_namespace AS above_namespace ON above_namespace.oid = above.relnamespace
WHERE
    relation.relispartition
    AND relation.relkind IN ('r', 'p', 'f')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
