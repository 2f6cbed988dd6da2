SELECT
    namespace.nspname AS schema,
    array_agg(
        routine.proname || '(' || oidvectortypes(routine.proargtypes) || ')'
        ORDER BY routine.proname, oidvectortypes(routine.proargtypes)
    ) AS functions
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
JOIN pg_language AS language ON language.oid = routine.prolang
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND routine.prokind IN ('f', 'p')
    AND NOT routine.prosecdef
    AND routine.prosqlbody IS NULL
    AND language.lanname NOT IN ('c', 'internal')
    AND NOT EXISTS (
        SELECT FROM unnest(routine.proconfig) AS setting WHERE starts_with(setting, 'search_path=')
    )
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype = 'e'
    )
GROUP BY namespace.nspname
ORDER BY namespace.nspname
