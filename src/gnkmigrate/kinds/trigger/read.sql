-- Triggers of tables and views. Those that PostgreSQL keeps for itself (foreign keys, clones on
-- partitions: see cloned_trigger) and those that call gnkmigrate's own functions stay out.
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
    END AS enabled
FROM pg_trigger AS trigger
JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
JOIN pg_proc AS function ON function.oid = trigger.tgfoid
JOIN pg_namespace AS function_namespace ON function_namespace.oid = function.pronamespace
WHERE
    NOT trigger.tgisinternal
    AND trigger.tgparentid = 0
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND function_namespace.nspname <> 'gnkmigrate';
