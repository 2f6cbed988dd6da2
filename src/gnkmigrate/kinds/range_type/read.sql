-- Range types. Their multirange types, and the functions that make their values, come with them.
SELECT
    type.oid,
    0 AS subid,
    type.typnamespace AS parent,
    0 AS parent_subid,
    type.typname AS name,
    0 AS position,
    format_type(range.rngsubtype, NULL) AS subtype,
    CASE
        WHEN NOT class.opcdefault
        THEN quote_ident(class_namespace.nspname) || '.' || quote_ident(class.opcname)
    END AS operator_class,
    CASE
        WHEN range.rngcollation <> subtype.typcollation THEN range.rngcollation::regcollation
    END::text AS collation,
    nullif(range.rngcanonical::oid, 0)::regproc::text AS canonical,
    nullif(range.rngsubdiff::oid, 0)::regproc::text AS difference,
    CASE WHEN multirange.typnamespace <> type.typnamespace
        THEN quote_ident(multirange_namespace.nspname) || '.' ELSE ''
    END || quote_ident(multirange.typname) AS multirange
FROM pg_range AS range
JOIN pg_type AS type ON type.oid = range.rngtypid
JOIN pg_type AS multirange ON multirange.oid = range.rngmultitypid
JOIN pg_namespace AS multirange_namespace ON multirange_namespace.oid = multirange.typnamespace
JOIN pg_type AS subtype ON subtype.oid = range.rngsubtype
JOIN pg_opclass AS class ON class.oid = range.rngsubopc
JOIN pg_namespace AS class_namespace ON class_namespace.oid = class.opcnamespace
WHERE type.typnamespace = ANY (%(schemas)s::oid[]);
