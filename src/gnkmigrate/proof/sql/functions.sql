-- The functions of the users' schemas whose language can tell whether a body is sound, with what
-- CREATE FUNCTION asks for that, and the settings with which it asks.
SELECT
    namespace.nspname::text AS schema,
    format('%s(%s)', function.proname, pg_get_function_identity_arguments(function.oid)) AS name,
    function.oid::bigint AS oid,
    validator_schema.nspname::text AS validator_schema,
    validator.proname::text AS validator,
    coalesce(settings.listed, '[]') AS settings
FROM pg_proc AS function
JOIN pg_namespace AS namespace ON namespace.oid = function.pronamespace
JOIN pg_language AS language ON language.oid = function.prolang
JOIN pg_proc AS validator ON validator.oid = language.lanvalidator
JOIN pg_namespace AS validator_schema ON validator_schema.oid = validator.pronamespace
LEFT JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_array(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1))
    )
    FROM unnest(function.proconfig) AS setting
) AS settings (listed) ON true
WHERE
    function.prokind <> 'a'
    AND language.lanname NOT IN ('internal', 'c')
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
    AND NOT EXISTS (
        SELECT FROM pg_depend AS member
        WHERE
            member.classid = 'pg_proc'::regclass
            AND member.objid = function.oid
            AND member.deptype = 'e'
    )
ORDER BY 1, 2;
