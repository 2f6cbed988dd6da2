-- Clones on partitions that fire at other times than the trigger of the partitioned table does.
WITH RECURSIVE clone AS (
    SELECT
        trigger.oid,
        trigger.oid AS root,
        trigger.tgenabled AS usual,
        '{}'::oid[] AS relations
    FROM pg_trigger AS trigger
    JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
    WHERE relation.relkind = 'p' AND NOT trigger.tgisinternal AND trigger.tgparentid = 0
    UNION ALL
    SELECT trigger.oid, clone.root, clone.usual, clone.relations || trigger.tgrelid
    FROM clone
    JOIN pg_trigger AS trigger ON trigger.tgparentid = clone.oid
)

SELECT
    trigger.oid,
    0 AS subid,
    trigger.tgrelid AS parent,
    0 AS parent_subid,
    trigger.tgname AS name,
    0 AS position,
    ARRAY[namespace.nspname, relation.relname, root.tgname]::text[] AS of,
    ARRAY(
        SELECT ARRAY[partition_namespace.nspname, partition.relname]::text[]
        FROM unnest(clone.relations) WITH ORDINALITY AS level (relation, depth)
        JOIN pg_class AS partition ON partition.oid = level.relation
        JOIN pg_namespace AS partition_namespace
            ON partition_namespace.oid = partition.relnamespace
        ORDER BY level.depth
    ) AS partitions,
    CASE trigger.tgenabled
        WHEN 'O' THEN 'origin'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica'
        WHEN 'A' THEN 'always'
    END AS enabled
FROM clone
JOIN pg_trigger AS trigger ON trigger.oid = clone.oid
JOIN pg_trigger AS root ON root.oid = clone.root
JOIN pg_class AS relation ON relation.oid = root.tgrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_class AS own ON own.oid = trigger.tgrelid
JOIN pg_proc AS function ON function.oid = trigger.tgfoid
JOIN pg_namespace AS function_namespace ON function_namespace.oid = function.pronamespace
WHERE
    trigger.tgenabled <> clone.usual
    AND own.relnamespace = ANY (%(schemas)s::oid[])
    AND own.oid <> ALL (%(skipped)s::oid[])
    AND function_namespace.nspname <> 'gnkmigrate';
