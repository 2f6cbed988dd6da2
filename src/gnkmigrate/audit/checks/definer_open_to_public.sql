-- Without privileges of its own (proacl) a function has the usual ones, with EXECUTE for PUBLIC.
SELECT
    namespace.nspname AS schema,
    function.proname || '(' || oidvectortypes(function.proargtypes) || ')' AS function,
    function.oid::regprocedure::text AS signature,
    CASE function.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word,
    pg_get_userbyid(function.proowner) AS owner
FROM pg_proc AS function
JOIN pg_namespace AS namespace ON namespace.oid = function.pronamespace
WHERE
    function.prosecdef
    AND function.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    AND namespace.nspname = ANY (%(schemas)s)
    AND EXISTS (
        SELECT
        FROM aclexplode(
            coalesce(function.proacl, acldefault('f', function.proowner))
        ) AS granted
        WHERE granted.grantee = 0 AND granted.privilege_type = 'EXECUTE'
    )
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE
            link.classid = 'pg_proc'::regclass
            AND link.objid = function.oid
            AND link.deptype = 'e'
    )
ORDER BY namespace.nspname, 2
