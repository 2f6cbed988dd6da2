-- Defaults of columns. The expression of a generated column belongs to the column itself, and a
-- default that is the parent table's is the parent's. There are no columns in a default: printed as
-- that of no relation (0), it does not have its own opened.
SELECT
    definition.oid,
    0 AS subid,
    definition.adrelid AS parent,
    definition.adnum::integer AS parent_subid,
    attribute.attname AS name,
    0 AS position,
    pg_get_expr(definition.adbin, 0) AS expression
FROM pg_attrdef AS definition
JOIN pg_attribute AS attribute
    ON attribute.attrelid = definition.adrelid
    AND attribute.attnum = definition.adnum
    AND attribute.atthasdef
JOIN pg_class AS relation ON relation.oid = definition.adrelid
WHERE
    relation.relkind IN ('r', 'p', 'f', 'v')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND attribute.attgenerated = ''
    AND (
        attribute.attislocal
        OR NOT EXISTS (
            SELECT
            FROM pg_inherits AS inheritance
            JOIN pg_attribute AS above
                ON above.attrelid = inheritance.inhparent
                AND above.attname = attribute.attname
            JOIN pg_attrdef AS inherited
                ON inherited.adrelid = above.attrelid AND inherited.adnum = above.attnum
            WHERE
                inheritance.inhrelid = definition.adrelid
                AND pg_get_expr(inherited.adbin, inherited.adrelid)
                = pg_get_expr(definition.adbin, definition.adrelid)
        )
    );
