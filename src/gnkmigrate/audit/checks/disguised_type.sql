-- What the statistics know of the values of each text column, and what all of them look like.
SELECT
    statistic.schemaname AS schema,
    statistic.tablename AS relation,
    statistic.attname AS name,
    count(*) AS known,
    count(*) >= 5
    AND bool_and(sample.value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') AS is_uuid,
    -- Two values are all that a boolean has.
    bool_and(lower(sample.value) IN ('t', 'f', 'true', 'false', 'yes', 'no', 'y', 'n', '0', '1'))
    AND count(*) = 2 AS is_boolean,
    count(*) >= 5
    AND bool_and(sample.value ~ '^-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?$') AS is_number,
    count(*) >= 5
    AND bool_and(sample.value ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]([ T][0-9:.+Z-]+)?$') AS is_date,
    count(*) >= 5
    AND bool_and(sample.value ~ '^\s*(\{.*\}|\[.*\])\s*$') AS is_json
FROM pg_stats AS statistic
CROSS JOIN LATERAL unnest(
    coalesce(statistic.most_common_vals::text::text[], '{}')
    || coalesce(statistic.histogram_bounds::text::text[], '{}')
) AS sample (value)
WHERE
    statistic.schemaname = ANY (%(schemas)s)
    AND (statistic.schemaname, statistic.tablename, statistic.attname) IN (
        SELECT namespace.nspname, relation.relname, attribute.attname
        FROM pg_attribute AS attribute
        JOIN pg_class AS relation ON relation.oid = attribute.attrelid
        JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
        WHERE
            attribute.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
            AND attribute.attnum > 0
    )
GROUP BY statistic.schemaname, statistic.tablename, statistic.attname
ORDER BY statistic.schemaname, statistic.tablename, statistic.attname
