-- Domains without their checks, which are facts of their own.
SELECT
    domain.oid,
    0 AS subid,
    domain.typnamespace AS parent,
    0 AS parent_subid,
    domain.typname AS name,
    0 AS position,
    format_type(domain.typbasetype, domain.typtypmod) AS type,
    CASE
        WHEN domain.typcollation <> base.typcollation THEN domain.typcollation::regcollation
    END::text AS collation,
    pg_get_expr(domain.typdefaultbin, 0) AS default,
    domain.typnotnull AS not_null,
    -- Since PostgreSQL 17 NOT NULL has a name; told where it is not the one that PostgreSQL gives.
    CASE
        WHEN restriction.conname <> domain.typname || '_not_null' THEN restriction.conname
    END AS not_null_name,
    obj_description(restriction.oid, 'pg_constraint') AS not_null_comment
FROM pg_type AS domain
JOIN pg_type AS base ON base.oid = domain.typbasetype
LEFT JOIN pg_constraint AS restriction
    ON restriction.contypid = domain.oid
    AND restriction.contype = 'n'
WHERE domain.typtype = 'd' AND domain.typnamespace = ANY (%(schemas)s::oid[]);
