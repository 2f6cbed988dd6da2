-- Policies of row security.
SELECT
    policy.oid,
    0 AS subid,
    policy.polrelid AS parent,
    0 AS parent_subid,
    policy.polname AS name,
    0 AS position,
    CASE policy.polcmd
        WHEN 'r' THEN 'SELECT'
        WHEN 'a' THEN 'INSERT'
        WHEN 'w' THEN 'UPDATE'
        WHEN 'd' THEN 'DELETE'
        ELSE 'ALL'
    END AS command,
    policy.polpermissive AS permissive,
    ARRAY(
        SELECT coalesce(quote_ident(role.rolname), 'PUBLIC')
        FROM unnest(policy.polroles) AS member
        LEFT JOIN pg_roles AS role ON role.oid = member
        ORDER BY 1
    ) AS roles,
    pg_get_expr(policy.polqual, policy.polrelid) AS using,
    pg_get_expr(policy.polwithcheck, policy.polrelid) AS check
FROM pg_policy AS policy
JOIN pg_class AS relation ON relation.oid = policy.polrelid
WHERE
    relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
