-- Functions, procedures, aggregates and window functions.
SELECT
    function.oid,
    0 AS subid,
    function.pronamespace AS parent,
    0 AS parent_subid,
    function.proname || '(' || oidvectortypes(function.proargtypes) || ')' AS name,
    0 AS position,
    kind.name AS kind,
    CASE WHEN function.prokind <> 'a' THEN substr(
        pg_get_functiondef(function.oid),
        length(
            'CREATE OR REPLACE '
            || CASE function.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
            || quote_ident(namespace.nspname) || '.' || quote_ident(function.proname)
        ) + 1
    ) END AS definition,
    pg_get_function_arguments(function.oid) AS arguments,
    pg_get_function_result(function.oid) AS result,
    language.lanname AS language,
    coalesce(pg_get_function_sqlbody(function.oid), function.prosrc) AS source,
    CASE function.provolatile
        WHEN 'i' THEN 'immutable'
        WHEN 's' THEN 'stable'
        ELSE 'volatile'
    END AS volatility,
    CASE function.proparallel
        WHEN 's' THEN 'safe'
        WHEN 'r' THEN 'restricted'
        ELSE 'unsafe'
    END AS parallel,
    function.proisstrict AS strict,
    function.proleakproof AS leakproof,
    function.prosecdef AS security_definer,
    function.procost AS cost,
    function.prorows AS rows,
    coalesce(function.proconfig, '{}') AS settings,
    nullif(function.prosupport::oid, 0)::regprocedure::text AS support,
    aggregate.parts AS aggregate
FROM pg_proc AS function
JOIN pg_namespace AS namespace ON namespace.oid = function.pronamespace
JOIN pg_language AS language ON language.oid = function.prolang
CROSS JOIN LATERAL (
    SELECT CASE function.prokind
        WHEN 'p' THEN 'procedure'
        WHEN 'a' THEN 'aggregate'
        WHEN 'w' THEN 'window'
        ELSE 'function'
    END AS name
) AS kind
LEFT JOIN LATERAL (
    -- Functions print qualified and quoted as regprocedure; 0 stands for none.
    SELECT jsonb_build_object(
        'kind', CASE part.aggkind
            WHEN 'o' THEN 'ordered-set'
            WHEN 'h' THEN 'hypothetical-set'
            ELSE 'normal'
        END,
        'direct_arguments', part.aggnumdirectargs,
        'state_type', format_type(part.aggtranstype, NULL),
        'state_space', part.aggtransspace,
        'state_function', nullif(part.aggtransfn::oid, 0)::regprocedure::text,
        'final_function', nullif(part.aggfinalfn::oid, 0)::regprocedure::text,
        'final_extra', part.aggfinalextra,
        'final_modify', part.aggfinalmodify,
        'combine_function', nullif(part.aggcombinefn::oid, 0)::regprocedure::text,
        'serialize_function', nullif(part.aggserialfn::oid, 0)::regprocedure::text,
        'deserialize_function', nullif(part.aggdeserialfn::oid, 0)::regprocedure::text,
        'initial_value', part.agginitval,
        'moving_state_type', format_type(nullif(part.aggmtranstype, 0), NULL),
        'moving_state_space', part.aggmtransspace,
        'moving_state_function', nullif(part.aggmtransfn::oid, 0)::regprocedure::text,
        'moving_inverse_function', nullif(part.aggminvtransfn::oid, 0)::regprocedure::text,
        'moving_final_function', nullif(part.aggmfinalfn::oid, 0)::regprocedure::text,
        'moving_final_extra', part.aggmfinalextra,
        'moving_final_modify', part.aggmfinalmodify,
        'moving_initial_value', part.aggminitval,
        'sort_operator', nullif(part.aggsortop, 0)::regoperator::text
    ) AS parts
    FROM pg_aggregate AS part
    WHERE part.aggfnoid = function.oid
) AS aggregate ON function.prokind = 'a'
WHERE
    function.pronamespace = ANY (%(schemas)s::oid[])
    -- The constructors of a range type are the type's own.
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE
            link.classid = 'pg_proc'::regclass
            AND link.objid = function.oid
            AND link.deptype = 'i'
    );
