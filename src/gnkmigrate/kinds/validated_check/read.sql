-- Checks of partitions and children that hold for all rows, where that of the table above them does
-- not: they were validated one by one, or joined so.
WITH RECURSIVE copy AS (
    SELECT
        restriction.oid,
        restriction.conrelid,
        restriction.conname,
        restriction.oid AS root,
        '{}'::oid[] AS relations
    FROM pg_constraint AS restriction
    WHERE
        restriction.contype = 'c'
        AND restriction.conrelid <> 0
        AND NOT restriction.convalidated
        AND (restriction.conislocal OR restriction.coninhcount = 0)
    UNION
    SELECT below.oid, below.conrelid, below.conname, copy.root, copy.relations || below.conrelid
    FROM copy
    JOIN pg_inherits AS inheritance ON inheritance.inhparent = copy.conrelid
    JOIN pg_constraint AS below
        ON below.conrelid = inheritance.inhrelid
        AND below.conname = copy.conname
        AND below.contype = 'c'
)

SELECT DISTINCT ON (restriction.oid)
    restriction.oid,
    0 AS subid,
    restriction.conrelid AS parent,
    0 AS parent_subid,
    restriction.conname AS name,
    0 AS position,
    ARRAY[namespace.nspname, relation.relname, root.conname]::text[] AS of,
    ARRAY(
        SELECT ARRAY[part_namespace.nspname, part.relname]::text[]
        FROM unnest(copy.relations) WITH ORDINALITY AS level (relation, depth)
        JOIN pg_class AS part ON part.oid = level.relation
        JOIN pg_namespace AS part_namespace ON part_namespace.oid = part.relnamespace
        ORDER BY level.depth
    ) AS partitions,
    true AS validated
FROM copy
JOIN pg_constraint AS restriction ON restriction.oid = copy.oid
JOIN pg_constraint AS root ON root.oid = copy.root
JOIN pg_class AS relation ON relation.oid = root.conrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE
    restriction.convalidated
    AND NOT restriction.conislocal
    AND restriction.connamespace = ANY (%(schemas)s::oid[])
    AND restriction.conrelid <> ALL (%(skipped)s::oid[])
ORDER BY restriction.oid, copy.relations;
