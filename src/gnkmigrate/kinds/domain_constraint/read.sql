-- Checks of domains. NOT NULL, which has a row here since PostgreSQL 17, is the domain's own.
SELECT
    restriction.oid,
    0 AS subid,
    restriction.contypid AS parent,
    0 AS parent_subid,
    restriction.conname AS name,
    0 AS position,
    pg_get_expr(restriction.conbin, 0) AS check,
    restriction.convalidated AS validated
FROM pg_constraint AS restriction
JOIN pg_type AS domain ON domain.oid = restriction.contypid
WHERE restriction.contype = 'c' AND domain.typnamespace = ANY (%(schemas)s::oid[]);
