-- How large each table is thought to be, and whether counting its rows would cost next to nothing.
SELECT
    namespace.nspname,
    relation.relname,
    -- -1: neither VACUUM nor ANALYZE has seen the table (pg_class.reltuples).
    CASE
        WHEN relation.reltuples >= 0 THEN relation.reltuples::bigint
        ELSE coalesce(pg_stat_get_live_tuples(relation.oid), 0)
    END AS estimate,
    relation.relkind = 'r'
    AND NOT relation.relrowsecurity
    AND pg_relation_size(relation.oid) <= %(bytes)s
    AND has_schema_privilege(namespace.oid, 'USAGE')
    AND has_table_privilege(relation.oid, 'SELECT') AS countable
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE relation.relkind IN ('r', 'p') AND namespace.nspname = ANY (%(schemas)s)
ORDER BY pg_relation_size(relation.oid), namespace.nspname, relation.relname
