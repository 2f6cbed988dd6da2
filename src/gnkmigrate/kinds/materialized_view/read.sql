-- Materialized views.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    pg_get_viewdef(relation.oid) AS definition,
    relation.reloptions AS options,
    toast.reloptions AS toast_options,
    method.amname AS access_method,
    tablespace.spcname AS tablespace,
    relation.relispopulated AS populated,
    (
        SELECT array_agg(
            quote_ident(attribute.attname) || ' '
            || format_type(attribute.atttypid, attribute.atttypmod)
            ORDER BY attribute.attnum
        )
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = relation.oid AND attribute.attnum > 0
    ) AS columns
FROM pg_class AS relation
LEFT JOIN pg_class AS toast ON toast.oid = relation.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_am AS method ON method.oid = relation.relam
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = relation.reltablespace
WHERE
    relation.relkind = 'm'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
