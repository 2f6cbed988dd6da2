-- Views.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    pg_get_viewdef(relation.oid) AS definition,
    relation.reloptions AS options,
    (
        SELECT array_agg(
            quote_ident(attribute.attname) || ' '
            || format_type(attribute.atttypid, attribute.atttypmod)
            || coalesce(' COLLATE ' || nullif(attribute.attcollation, 0)::regcollation, '')
            ORDER BY attribute.attnum
        )
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = relation.oid AND attribute.attnum > 0
    ) AS columns
FROM pg_class AS relation
WHERE
    relation.relkind = 'v'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
