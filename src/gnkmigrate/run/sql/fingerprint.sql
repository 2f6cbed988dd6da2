-- For each table and sequence of the schemas, a SELECT that gives its name, its number of rows and
-- a hash of them in no order.
--
-- A row counts as the text of its columns in alphabetical order: ROW(...)::text tells NULL from ''
-- and quotes what would be ambiguous. The rows' SHA-256 are added up as four 64-bit numbers, so that
-- nothing has to be sorted and a row that comes twice counts twice. Partitioned tables have no rows
-- of their own; their partitions are tables like any other. log_cnt of a sequence is not its value
-- (manual, CREATE SEQUENCE, Notes).
WITH RECURSIVE left_out AS (
    SELECT attrelid, attname
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE jsonb_build_array(nspname, relname, attname) IN (
        SELECT jsonb_array_elements(%(left_out)s)
    )
    UNION
    SELECT inhrelid, attname
    FROM left_out
    JOIN pg_inherits ON inhparent = attrelid
)
SELECT format('%%I.%%I', nspname, relname) AS relation,
       format(
           $select$
           SELECT %%L AS relation, count(*) AS rows,
                  encode(sha256(convert_to(concat_ws('/', %%L,
                      count(*),
                      sum(('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint),
                      sum(('x' || encode(substr(digest, 9, 8), 'hex'))::bit(64)::bigint),
                      sum(('x' || encode(substr(digest, 17, 8), 'hex'))::bit(64)::bigint),
                      sum(('x' || encode(substr(digest, 25, 8), 'hex'))::bit(64)::bigint)
                  ), 'UTF8')), 'hex') AS hash
           FROM (SELECT sha256(convert_to(ROW(%%s)::text, 'UTF8')) AS digest FROM ONLY %%I.%%I) AS row
           $select$,
           format('%%I.%%I', nspname, relname),
           columns.names,
           columns.listed,
           nspname,
           relname
       ) AS statement
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname COLLATE "C") AS listed,
           jsonb_agg(attname ORDER BY attname COLLATE "C") AS names
    FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
      AND (relkind = 'r' OR attname IN ('last_value', 'is_called'))
      AND (attrelid, attname) NOT IN (SELECT attrelid, attname FROM left_out)
) AS columns
WHERE CASE
          WHEN %(schemas)s::text[] IS NOT NULL THEN nspname = ANY (%(schemas)s::text[])
          ELSE NOT starts_with(nspname, 'pg_') AND nspname <> 'information_schema'
               AND nspname <> ALL (%(own)s::text[])
      END
  AND relkind IN ('r', 'S')
  AND relpersistence <> 't'
ORDER BY nspname, relname
