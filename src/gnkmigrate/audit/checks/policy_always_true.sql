-- Permissive policies for PUBLIC whose expressions PostgreSQL prints as "true".
WITH policy AS (
    SELECT
        polrelid,
        polname,
        polcmd,
        polpermissive,
        0 = ANY (polroles) AS for_everybody,
        pg_get_expr(polqual, polrelid) AS shown,
        pg_get_expr(polwithcheck, polrelid) AS checked
    FROM pg_policy
), boundless AS (
    SELECT *, polcmd <> 'r' AS writes
    FROM policy
    WHERE
        polpermissive
        AND for_everybody
        AND CASE polcmd
            WHEN 'a' THEN checked = 'true'
            WHEN 'r' THEN shown = 'true'
            WHEN 'd' THEN shown = 'true'
            ELSE shown = 'true' AND coalesce(checked, 'true') = 'true'
        END
)
SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    boundless.polname AS policy,
    boundless.writes,
    boundless.shown,
    boundless.checked,
    CASE boundless.polcmd
        WHEN 'a' THEN 'INSERT' WHEN 'r' THEN 'SELECT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
        ELSE 'ALL'
    END AS command,
    voided.others
FROM boundless
JOIN pg_class AS relation ON relation.oid = boundless.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(other.polname::text ORDER BY other.polname) AS others
    FROM policy AS other
    WHERE
        other.polrelid = boundless.polrelid
        AND other.polname <> boundless.polname
        AND other.polpermissive
        AND (other.polcmd = boundless.polcmd OR boundless.polcmd = '*')
) AS voided
WHERE
    relation.relrowsecurity
    AND namespace.nspname = ANY (%(schemas)s)
    AND (boundless.writes OR voided.others IS NOT NULL)
    AND NOT EXISTS (
        SELECT
        FROM policy AS narrowing
        WHERE
            narrowing.polrelid = boundless.polrelid
            AND NOT narrowing.polpermissive
            AND narrowing.polcmd IN ('*', boundless.polcmd)
    )
ORDER BY namespace.nspname, relation.relname, boundless.polname
