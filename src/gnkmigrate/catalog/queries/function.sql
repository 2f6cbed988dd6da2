-- Functions, procedures, aggregates and window functions.
SELECT
    ARRAY[
        namespace.nspname,
        function.proname || '(' || oidvectortypes(function.proargtypes) || ')'
    ]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'kind', kind.name,
        'definition', CASE WHEN function.prokind <> 'a' THEN substr(
            pg_get_functiondef(function.oid),
            length(
                'CREATE OR REPLACE '
                || CASE function.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
                || quote_ident(namespace.nspname) || '.' || quote_ident(function.proname)
            ) + 1
        ) END,
        'arguments', pg_get_function_arguments(function.oid),
        'result', pg_get_function_result(function.oid),
        'language', language.lanname,
        'source', coalesce(pg_get_function_sqlbody(function.oid), function.prosrc),
        'volatility', CASE function.provolatile
            WHEN 'i' THEN 'immutable'
            WHEN 's' THEN 'stable'
            ELSE 'volatile'
        END,
        'parallel', CASE function.proparallel
            WHEN 's' THEN 'safe'
            WHEN 'r' THEN 'restricted'
            ELSE 'unsafe'
        END,
        'strict', function.proisstrict,
        'leakproof', function.proleakproof,
        'security_definer', function.prosecdef,
        'cost', function.procost,
        'rows', function.prorows,
        'settings', (
            SELECT coalesce(jsonb_agg(setting ORDER BY setting), '[]')
            FROM unnest(function.proconfig) AS setting
        ),
        'aggregate', aggregate.parts
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_proc'::regclass::oid AS classid,
    function.oid AS objid,
    0 AS objsubid,
    'pg_namespace'::regclass::oid AS parent_classid,
    function.pronamespace AS parent_objid,
    0 AS parent_objsubid
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
WHERE function.pronamespace = ANY (%(schemas)s::oid[]);
