-- Text columns of a few labels, as statistics have them, some of which are one but for case and
-- spaces. A single letter may well mean another thing than its capital.
SELECT
    statistic.schemaname AS schema,
    statistic.tablename AS relation,
    statistic.attname AS name,
    labels.known,
    labels.spellings
FROM pg_stats AS statistic
CROSS JOIN LATERAL (
    SELECT
        sum(alike.count)::int AS known,
        coalesce(sum(alike.count) FILTER (WHERE alike.count > 1), 0)::int AS spellings
    FROM (
        SELECT count(*) AS count
        FROM unnest(statistic.most_common_vals::text::text[]) AS label (text)
        GROUP BY
            lower(btrim(label.text)),
            CASE WHEN char_length(btrim(label.text)) < 2 THEN btrim(label.text) END
    ) AS alike
) AS labels
WHERE
    statistic.schemaname = ANY (%(schemas)s)
    AND NOT statistic.inherited
    AND statistic.n_distinct BETWEEN 2 AND %(labels)s
    AND (statistic.schemaname, statistic.tablename, statistic.attname) IN (
        SELECT namespace.nspname, relation.relname, attribute.attname
        FROM pg_attribute AS attribute
        JOIN pg_class AS relation ON relation.oid = attribute.attrelid
        JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
        WHERE
            attribute.atttypid IN ('text'::regtype, 'varchar'::regtype)
            AND attribute.attnum > 0
    )
    AND labels.spellings > 0
ORDER BY statistic.schemaname, statistic.tablename, statistic.attname
