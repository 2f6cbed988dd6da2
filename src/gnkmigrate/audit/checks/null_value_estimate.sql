-- -1: there are no statistics yet, or the role may not see them.
SELECT coalesce(max(statistic.null_frac * relation.reltuples), -1)::bigint
FROM pg_stats AS statistic
JOIN pg_namespace AS namespace ON namespace.nspname = statistic.schemaname
JOIN pg_class AS relation
    ON relation.relnamespace = namespace.oid AND relation.relname = statistic.tablename
WHERE (statistic.schemaname, statistic.tablename, statistic.attname) = ({schema}, {table}, {column})
