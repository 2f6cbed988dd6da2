-- Base types: those with functions of their own for input and output. The array of each comes
-- with it.
SELECT
    type.oid,
    0 AS subid,
    type.typnamespace AS parent,
    0 AS parent_subid,
    type.typname AS name,
    0 AS position,
    type.typinput::text AS input,
    type.typoutput::text AS output,
    nullif(type.typreceive::oid, 0)::regproc::text AS receive,
    nullif(type.typsend::oid, 0)::regproc::text AS send,
    nullif(type.typmodin::oid, 0)::regproc::text AS modifier_input,
    nullif(type.typmodout::oid, 0)::regproc::text AS modifier_output,
    nullif(type.typanalyze::oid, 0)::regproc::text AS analyze,
    nullif(type.typsubscript::oid, 0)::regproc::text AS subscript,
    CASE WHEN type.typlen > 0 THEN type.typlen::integer END AS length,
    type.typbyval AS by_value,
    CASE type.typalign
        WHEN 'c' THEN 'char'
        WHEN 's' THEN 'int2'
        WHEN 'i' THEN 'int4'
        ELSE 'double'
    END AS alignment,
    CASE type.typstorage
        WHEN 'p' THEN 'plain'
        WHEN 'e' THEN 'external'
        WHEN 'x' THEN 'extended'
        ELSE 'main'
    END AS storage,
    type.typcategory::text AS category,
    type.typispreferred AS preferred,
    type.typdefault AS default,
    format_type(nullif(type.typelem, 0), NULL) AS element,
    type.typdelim::text AS delimiter,
    type.typcollation <> 0 AS collatable
FROM pg_type AS type
WHERE
    type.typtype = 'b'
    AND type.typisdefined
    AND type.typnamespace = ANY (%(schemas)s::oid[])
    -- What no type of a user's may have (CREATE TYPE, array_subscript_handler).
    AND type.typsubscript <> 'array_subscript_handler'::regproc;
