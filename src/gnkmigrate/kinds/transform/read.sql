-- Transforms: how a type's values get into a language and back.
SELECT
    transform.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    'FOR ' || format_type(transform.trftype, NULL) || ' LANGUAGE ' || quote_ident(language.lanname)
        AS name,
    0 AS position,
    nullif(transform.trffromsql::oid, 0)::regprocedure::text AS from_sql,
    nullif(transform.trftosql::oid, 0)::regprocedure::text AS to_sql
FROM pg_transform AS transform
JOIN pg_language AS language ON language.oid = transform.trflang
WHERE transform.oid >= 16384;
