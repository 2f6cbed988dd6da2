-- Tables of publications, apart from those that come with a schema or with all tables.
SELECT
    entry.oid,
    0 AS subid,
    entry.prpubid AS parent,
    0 AS parent_subid,
    entry.prrelid::regclass::text AS name,
    0 AS position,
    ARRAY[namespace.nspname, relation.relname]::text[] AS table,
    CASE
        WHEN narrowed.numbers IS NOT NULL
        THEN ARRAY(
            SELECT attribute.attname
            FROM pg_attribute AS attribute
            WHERE
                attribute.attrelid = entry.prrelid
                AND attribute.attnum = ANY (narrowed.numbers::smallint[])
            ORDER BY attribute.attnum
        )::text[]
    END AS columns,
    pg_get_expr(narrowed.condition, entry.prrelid) AS filter
-- PostgreSQL 14 has neither of the two: the names then find these NULLs instead.
FROM (SELECT NULL::pg_node_tree AS prqual, NULL::int2vector AS prattrs) AS before_15
CROSS JOIN pg_publication_rel AS entry
JOIN pg_class AS relation ON relation.oid = entry.prrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT prattrs AS numbers, prqual AS condition
    FROM pg_publication_rel AS itself
    WHERE itself.oid = entry.oid
) AS narrowed
WHERE
    relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
