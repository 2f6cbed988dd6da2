WITH definer AS (
    SELECT
        routine.*,
        (
            SELECT substr(setting, length('search_path=') + 1)
            FROM unnest(routine.proconfig) AS setting
            WHERE starts_with(setting, 'search_path=')
        ) AS path
    FROM pg_proc AS routine
    JOIN pg_language AS language ON language.oid = routine.prolang
    WHERE
        routine.prosecdef
        AND routine.prosqlbody IS NULL
        AND language.lanname NOT IN ('c', 'internal')
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype = 'e'
        )
)
SELECT
    namespace.nspname AS schema,
    definer.proname || '(' || oidvectortypes(definer.proargtypes) || ')' AS function,
    format(
        '%%I.%%I(%%s)',
        namespace.nspname, definer.proname, pg_get_function_identity_arguments(definer.oid)
    ) AS signature,
    CASE definer.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind,
    pg_get_userbyid(definer.proowner)::text AS owner,
    definer.path,
    -- What the function is given: its own path, or else its schema, with pg_temp at the end.
    CASE WHEN open.schemas IS NULL AND definer.path IS NOT NULL THEN definer.path
        ELSE quote_ident(namespace.nspname) END || ', pg_temp' AS pinned,
    open.schemas AS open_schemas,
    -- The fix puts the function's schema into the path, so that it must not be open either.
    (open.schemas IS NOT NULL OR definer.path IS NULL) AND EXISTS (
        SELECT
        FROM aclexplode(namespace.nspacl) AS item
        WHERE item.grantee = 0 AND item.privilege_type = 'CREATE'
    ) AS must_close,
    called.by AS callers
FROM definer
JOIN pg_namespace AS namespace ON namespace.oid = definer.pronamespace
CROSS JOIN LATERAL (
    SELECT array_agg(candidate.nspname::text ORDER BY candidate.nspname) AS schemas
    FROM pg_namespace AS candidate
    CROSS JOIN LATERAL aclexplode(candidate.nspacl) AS item
    WHERE
        quote_ident(candidate.nspname) = ANY (string_to_array(definer.path, ', '))
        AND item.grantee = 0
        AND item.privilege_type = 'CREATE'
) AS open
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT CASE
        WHEN item.grantee = 0 THEN 'PUBLIC'
        ELSE pg_get_userbyid(item.grantee)::text
    END) AS by
    FROM aclexplode(coalesce(definer.proacl, acldefault('f', definer.proowner))) AS item
    WHERE item.grantee <> definer.proowner
) AS called
WHERE
    namespace.nspname = ANY (%(schemas)s)
    -- An empty path makes names without a schema useless, so that nobody writes them.
    AND (
        definer.path IS NULL
        OR open.schemas IS NOT NULL
        OR (definer.path NOT IN ('', '""') AND definer.path !~ '(^|, )pg_temp$')
    )
ORDER BY namespace.nspname, function
