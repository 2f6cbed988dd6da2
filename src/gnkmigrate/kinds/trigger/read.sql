-- Triggers of tables and views. Those that PostgreSQL keeps for itself (foreign keys) and those
-- that call gnkmigrate's own functions stay out; so do the clones on partitions, but for where one
-- of them fires at other times than what it is a clone of.
WITH RECURSIVE
    clone AS (
        SELECT trigger.oid AS root, trigger.tgenabled AS usual, trigger.oid
        FROM pg_trigger AS trigger
        JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
        WHERE relation.relkind = 'p' AND NOT trigger.tgisinternal AND trigger.tgparentid = 0
        UNION ALL
        SELECT clone.root, clone.usual, trigger.oid
        FROM clone
        JOIN pg_trigger AS trigger ON trigger.tgparentid = clone.oid
    ),

    exception AS (
        SELECT
            clone.root,
            array_agg(
                ARRAY[namespace.nspname, relation.relname, CASE trigger.tgenabled
                    WHEN 'O' THEN 'origin'
                    WHEN 'D' THEN 'disabled'
                    WHEN 'R' THEN 'replica'
                    WHEN 'A' THEN 'always'
                END]::text[]
                ORDER BY namespace.nspname, relation.relname
            ) AS partitions
        FROM clone
        JOIN pg_trigger AS trigger ON trigger.oid = clone.oid
        JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
        JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
        WHERE trigger.tgenabled <> clone.usual
        GROUP BY clone.root
    )

SELECT
    trigger.oid,
    0 AS subid,
    trigger.tgrelid AS parent,
    0 AS parent_subid,
    trigger.tgname AS name,
    0 AS position,
    -- What pg_get_triggerdef says before this is exactly: CREATE TRIGGER name.
    substr(
        pg_get_triggerdef(trigger.oid),
        length(
            'CREATE ' || CASE WHEN trigger.tgconstraint <> 0 THEN 'CONSTRAINT ' ELSE '' END
            || 'TRIGGER ' || quote_ident(trigger.tgname) || ' '
        ) + 1
    ) AS definition,
    trigger.tgconstraint <> 0 AS constraint,
    CASE trigger.tgenabled
        WHEN 'O' THEN 'origin'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica'
        WHEN 'A' THEN 'always'
    END AS enabled,
    coalesce(exception.partitions, '{}') AS partitions
FROM pg_trigger AS trigger
JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
JOIN pg_proc AS function ON function.oid = trigger.tgfoid
JOIN pg_namespace AS function_namespace ON function_namespace.oid = function.pronamespace
LEFT JOIN exception ON exception.root = trigger.oid
WHERE
    NOT trigger.tgisinternal
    AND trigger.tgparentid = 0
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND function_namespace.nspname <> 'gnkmigrate';
