SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    policy.polname AS policy,
    printed.shown,
    printed.checked,
    printed.checked IS NOT NULL AS boundless
FROM pg_policy AS policy
JOIN pg_class AS relation ON relation.oid = policy.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_get_expr(policy.polqual, policy.polrelid) AS shown,
        pg_get_expr(policy.polwithcheck, policy.polrelid) AS checked
) AS printed
WHERE
    policy.polcmd IN ('*', 'w')
    AND policy.polpermissive
    AND relation.relrowsecurity
    AND namespace.nspname = ANY (%(schemas)s)
    AND printed.shown <> 'true'
    AND coalesce(printed.checked, 'true') = 'true'
ORDER BY namespace.nspname, relation.relname, policy.polname
