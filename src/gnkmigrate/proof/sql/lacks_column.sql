-- Whether a table that is there has no such column.
SELECT
    NOT EXISTS (
        SELECT FROM pg_attribute AS attribute
        WHERE
            attribute.attrelid = class.oid
            AND attribute.attname = %(column)s
            AND NOT attribute.attisdropped
    )
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = %(schema)s AND class.relname = %(table)s;
