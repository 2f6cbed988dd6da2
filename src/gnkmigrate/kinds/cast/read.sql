-- Casts that somebody made, unless a type or function of theirs is in a schema that is not read.
-- PostgreSQL makes those from ranges to their multiranges by itself.
SELECT
    conversion.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    format_type(conversion.castsource, NULL)
    || ' AS ' || format_type(conversion.casttarget, NULL) AS name,
    0 AS position,
    CASE conversion.castmethod
        WHEN 'f' THEN 'function'
        WHEN 'i' THEN 'inout'
        ELSE 'binary'
    END AS method,
    nullif(conversion.castfunc, 0)::regprocedure::text AS function,
    CASE conversion.castcontext
        WHEN 'e' THEN 'explicit'
        WHEN 'a' THEN 'assignment'
        ELSE 'implicit'
    END AS context
FROM pg_cast AS conversion
JOIN pg_type AS source ON source.oid = conversion.castsource
JOIN pg_type AS target ON target.oid = conversion.casttarget
CROSS JOIN LATERAL (
    SELECT %(schemas)s::oid[] || 'pg_catalog'::regnamespace::oid AS schemas
) AS known
LEFT JOIN pg_proc AS function ON function.oid = conversion.castfunc
WHERE
    conversion.oid >= 16384
    AND source.typnamespace = ANY (known.schemas)
    AND target.typnamespace = ANY (known.schemas)
    AND (function.oid IS NULL OR function.pronamespace = ANY (known.schemas))
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE
            link.classid = 'pg_cast'::regclass
            AND link.objid = conversion.oid
            AND link.deptype = 'i'
    );
