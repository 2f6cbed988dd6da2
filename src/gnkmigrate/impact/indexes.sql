-- The indexes of plain tables in the schemas $1: which table, how large, needed by a constraint, or
-- the one by which the rows of a foreign key are found when a row that they refer to goes?
SELECT
    namespace.nspname::text AS schema,
    class.relname::text AS "table",
    index.relname::text AS name,
    pg_relation_size(index.oid) AS size,
    owner.conname IS NOT NULL OR link.indisexclusion OR link.indisunique AS is_constraint,
    EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE
            key.conrelid = link.indrelid
            AND key.contype = 'f'
            AND link.indpred IS NULL
            AND (link.indkey::int2[])[0:cardinality(key.conkey) - 1] @> key.conkey
            AND NOT EXISTS (
                SELECT FROM pg_index AS other
                WHERE
                    other.indrelid = link.indrelid
                    AND other.indisvalid
                    AND other.indpred IS NULL
                    AND (other.indisunique OR other.indexrelid < link.indexrelid)
                    AND other.indexrelid <> link.indexrelid
                    AND (other.indkey::int2[])[0:cardinality(key.conkey) - 1] @> key.conkey
            )
    ) AS serves_key
FROM pg_index AS link
INNER JOIN pg_class AS index ON index.oid = link.indexrelid
INNER JOIN pg_class AS class ON class.oid = link.indrelid
INNER JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_constraint AS owner
    ON owner.conindid = link.indexrelid AND owner.contype IN ('p', 'u', 'x')
WHERE namespace.nspname = ANY(%s) AND class.relkind = 'r' AND link.indisvalid
ORDER BY schema, "table", name;
