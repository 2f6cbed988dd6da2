SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    array_agg(policy.polname::text ORDER BY policy.polname) AS policies
FROM pg_policy AS policy
JOIN pg_class AS relation ON relation.oid = policy.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE NOT relation.relrowsecurity AND namespace.nspname = ANY (%(schemas)s)
GROUP BY namespace.nspname, relation.relname
ORDER BY namespace.nspname, relation.relname
