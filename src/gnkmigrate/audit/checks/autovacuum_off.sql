-- The option is kept as it was written: off, false, no and 0 are all false.
SELECT
    NULL AS setting,
    namespace.nspname AS schema,
    class.relname AS relation,
    option.name AS option,
    option.value
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_class AS toast ON toast.oid = class.reltoastrelid
CROSS JOIN LATERAL (
    SELECT option_name AS name, option_value AS value
    FROM pg_options_to_table(class.reloptions)
    UNION ALL
    SELECT 'toast.' || option_name, option_value
    FROM pg_options_to_table(toast.reloptions)
) AS option
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND option.name IN ('autovacuum_enabled', 'toast.autovacuum_enabled')
    AND lower(option.value) IN ('off', 'false', 'no', '0', 'f', 'n')
UNION ALL
SELECT name, NULL, NULL, NULL, NULL
FROM pg_settings
WHERE name IN ('autovacuum', 'track_counts') AND setting = 'off'
ORDER BY schema, relation, option, setting
