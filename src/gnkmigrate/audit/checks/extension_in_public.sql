SELECT
    extension.extname AS extension,
    count(dependency.objid) AS objects
FROM pg_extension AS extension
JOIN pg_namespace AS namespace ON namespace.oid = extension.extnamespace
LEFT JOIN pg_depend AS dependency
    ON dependency.refclassid = 'pg_extension'::regclass
    AND dependency.refobjid = extension.oid
    AND dependency.deptype = 'e'
WHERE
    namespace.nspname = 'public'
    AND namespace.nspname = ANY (%(schemas)s)
    AND extension.extrelocatable
GROUP BY extension.extname
ORDER BY extension.extname
