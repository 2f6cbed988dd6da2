-- Event triggers. Those that call gnkmigrate's own functions stay out.
SELECT
    trigger.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    trigger.evtname AS name,
    0 AS position,
    trigger.evtevent::text AS event,
    coalesce(trigger.evttags, '{}') AS tags,
    quote_ident(namespace.nspname) || '.' || quote_ident(function.proname) AS function,
    CASE trigger.evtenabled
        WHEN 'O' THEN 'origin'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica'
        WHEN 'A' THEN 'always'
    END AS enabled
FROM pg_event_trigger AS trigger
JOIN pg_proc AS function ON function.oid = trigger.evtfoid
JOIN pg_namespace AS namespace ON namespace.oid = function.pronamespace
WHERE trigger.oid >= 16384 AND namespace.nspname <> 'gnkmigrate';
