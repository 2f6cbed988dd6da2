-- Access methods that neither initdb nor an extension made.
SELECT
    method.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    method.amname AS name,
    0 AS position,
    CASE method.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END AS type,
    method.amhandler::text AS handler
FROM pg_am AS method
WHERE method.oid >= 16384;
