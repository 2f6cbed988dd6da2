-- Columns nearly all of whose values are there once, as statistics have it: below zero n_distinct is
-- a share of the rows, NULLs left out of neither side.
SELECT
    statistic.schemaname AS schema,
    statistic.tablename AS relation,
    statistic.attname AS name,
    least(round(100 * known.share), 100)::int AS share
FROM pg_stats AS statistic
JOIN pg_namespace AS namespace ON namespace.nspname = statistic.schemaname
JOIN pg_class AS class
    ON class.relnamespace = namespace.oid
    AND class.relname = statistic.tablename
    AND class.relkind = 'r'
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN statistic.null_frac >= 1 THEN 0
        WHEN statistic.n_distinct < 0 THEN -statistic.n_distinct / (1 - statistic.null_frac)
        ELSE statistic.n_distinct / (class.reltuples * (1 - statistic.null_frac))
    END AS share
) AS known
WHERE
    statistic.schemaname = ANY (%(schemas)s)
    AND NOT statistic.inherited
    AND class.reltuples >= %(rows)s
    AND known.share >= %(share)s
ORDER BY schema, relation, name
