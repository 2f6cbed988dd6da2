WITH setting AS (
    SELECT
        setrole,
        setdatabase,
        substr(item, length('search_path=') + 1) AS path
    FROM pg_db_role_setting
    CROSS JOIN LATERAL unnest(setconfig) AS item
    WHERE
        starts_with(item, 'search_path=')
        AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
),

definer AS (
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
    given.paths,
    open.schemas AS open_schemas,
    -- What the fix puts into a path must not be open either.
    (
        SELECT coalesce(array_agg(candidate.nspname::text), '{}')
        FROM pg_namespace AS candidate
        CROSS JOIN LATERAL aclexplode(candidate.nspacl) AS item
        WHERE item.grantee = 0 AND item.privilege_type = 'CREATE'
    ) AS all_open,
    EXISTS (
        SELECT FROM pg_namespace AS candidate
        WHERE candidate.nspname = pg_get_userbyid(definer.proowner)
    ) AS has_schema_of_owner,
    called.by AS callers
FROM definer
CROSS JOIN (
    -- The paths that hold in sessions of this database: its own, or the usual one, and roles'.
    SELECT array_agg(DISTINCT path) AS paths
    FROM (
        SELECT coalesce(
            (SELECT path FROM setting WHERE setrole = 0 ORDER BY setdatabase DESC LIMIT 1),
            (
                SELECT CASE WHEN sourcefile IS NULL THEN boot_val ELSE reset_val END
                FROM pg_settings
                WHERE name = 'search_path'
            )
        ) AS path
        UNION ALL
        SELECT setting.path
        FROM setting
        JOIN pg_roles AS role ON role.oid = setting.setrole AND role.rolcanlogin
    ) AS every
) AS given
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
