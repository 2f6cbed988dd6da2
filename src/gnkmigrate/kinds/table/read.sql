-- Tables, partitioned tables and partitions.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    relation.reloptions AS options,
    toast.reloptions AS toast_options,
    CASE WHEN relation.relkind = 'p' THEN pg_get_partkeydef(relation.oid) END AS partitioned_by,
    CASE WHEN NOT relation.relispartition THEN ancestors.parents END AS inherits,
    CASE
        WHEN relation.reloftype <> 0 THEN format_type(relation.reloftype, NULL)
    END AS of_type,
    CASE WHEN relation.relkind = 'r' OR relation.relam <> 0 THEN method.amname END AS access_method,
    tablespace.spcname AS tablespace,
    CASE relation.relreplident
        WHEN 'd' THEN 'default'
        WHEN 'n' THEN 'nothing'
        WHEN 'f' THEN 'full'
        ELSE 'index'
    END AS replica_identity,
    relation.relrowsecurity AS row_security,
    relation.relforcerowsecurity AS row_security_forced,
    relation.relispartition AS is_partition,
    -- NOT NULL that a child has by itself of what it merely inherits: a name, from 18 on.
    CASE
        WHEN NOT relation.relispartition AND ancestors.parents IS NOT NULL
        THEN (
            SELECT jsonb_object_agg(attribute.attname, forbidding.conname)
            FROM pg_constraint AS forbidding
            JOIN pg_attribute AS attribute
                ON attribute.attrelid = forbidding.conrelid
                AND attribute.attnum = forbidding.conkey[1]
            WHERE
                forbidding.conrelid = relation.oid
                AND forbidding.contype = 'n'
                AND forbidding.conislocal
                AND forbidding.coninhcount > 0
                AND NOT attribute.attislocal
        )
    END AS own_not_null
FROM pg_class AS relation
LEFT JOIN pg_class AS toast ON toast.oid = relation.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_am AS method ON method.oid = relation.relam
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = relation.reltablespace
LEFT JOIN (
    SELECT
        inheritance.inhrelid,
        array_agg(
            ARRAY[above_namespace.nspname, above.relname]::text[] ORDER BY inheritance.inhseqno
        ) AS parents
    FROM pg_inherits AS inheritance
    JOIN pg_class AS above ON above.oid = inheritance.inhparent
    JOIN pg_namespace AS above_namespace ON above_namespace.oid = above.relnamespace
    WHERE above.relkind IN ('r', 'p', 'f')
    GROUP BY inheritance.inhrelid
) AS ancestors ON ancestors.inhrelid = relation.oid
WHERE
    relation.relkind IN ('r', 'p')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
