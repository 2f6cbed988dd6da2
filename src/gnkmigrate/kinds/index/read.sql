-- Indexes that no constraint owns. Those that look up rows for gnkmigrate while the old shape is
-- kept stay out: they call its functions. Keys are NULL for plain columns, which the reader names
-- by their numbers.
WITH own AS MATERIALIZED (
    SELECT attribute.attrelid
    FROM pg_attribute AS attribute
    WHERE
        attribute.attrelid >= 16384
        AND (attribute.attoptions IS NOT NULL OR attribute.attcollation NOT IN (0, 100))
)

SELECT
    index.indexrelid AS oid,
    0 AS subid,
    index.indrelid AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    index.indisunique AS unique,
    index.indkey::smallint[] AS numbers,
    index.indnkeyatts::integer AS key_count,
    index.indoption::smallint[] AS orders,
    CASE WHEN NOT plain.keys THEN (
        SELECT array_agg(
            CASE
                WHEN key.number = 0
                THEN pg_get_indexdef(index.indexrelid, key.ordinality::integer, false)
                ELSE quote_ident(attribute.attname)
            END
            -- Which collation an expression has of itself nobody tells: then it is said.
            || CASE
                WHEN own.attcollation IN (0, coalesce(attribute.attcollation, said.otherwise))
                THEN ''
                ELSE ' COLLATE ' || own.attcollation::regcollation
            END
            || CASE
                WHEN NOT class.opcdefault OR own.attoptions IS NOT NULL
                THEN ' ' || quote_ident(class_namespace.nspname) || '.' || quote_ident(class.opcname)
                ELSE ''
            END
            || coalesce(
                ' (' || (
                    SELECT string_agg(
                        quote_ident(split_part(option, '=', 1)) || '='
                        || quote_literal(substr(option, strpos(option, '=') + 1)), ', '
                    )
                    FROM unnest(own.attoptions) AS option
                ) || ')',
                ''
            )
            ORDER BY key.ordinality
        )
        FROM unnest(index.indkey::smallint[]) WITH ORDINALITY AS key (number, ordinality)
        JOIN pg_attribute AS own
            ON own.attrelid = index.indexrelid AND own.attnum = key.ordinality
        JOIN pg_opclass AS class ON class.oid = index.indclass[key.ordinality - 1]
        JOIN pg_namespace AS class_namespace ON class_namespace.oid = class.opcnamespace
        LEFT JOIN pg_attribute AS attribute
            ON attribute.attrelid = index.indrelid
            AND attribute.attnum = key.number
            AND key.number <> 0
        -- The default one (100) where nothing that it is made of has another.
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN key.number = 0
                    AND pg_get_indexdef(index.indexrelid, key.ordinality::integer, false)
                        NOT LIKE '%%COLLATE%%'
                    AND NOT EXISTS (
                        SELECT
                        FROM pg_depend AS part
                        JOIN pg_attribute AS other
                            ON other.attrelid = part.refobjid AND other.attnum = part.refobjsubid
                        WHERE part.classid = 'pg_class'::regclass
                            AND part.objid = index.indexrelid
                            AND part.refclassid = 'pg_class'::regclass
                            AND other.attcollation NOT IN (0, 100)
                    )
                THEN 100
                ELSE 0
            END::oid AS otherwise
        ) AS said
        WHERE key.ordinality <= index.indnkeyatts
    ) END AS keys,
    CASE
        WHEN index.indpred IS NOT NULL THEN pg_get_expr(index.indpred, index.indrelid)
    END AS predicate,
    method.amname AS method,
    index.indisvalid AS valid,
    CASE WHEN index.indisunique THEN (
        SELECT indnullsnotdistinct
        FROM pg_index AS itself
        WHERE itself.indexrelid = index.indexrelid
    ) ELSE false END AS nulls_not_distinct,
    relation.reloptions AS options,
    tablespace.spcname AS tablespace,
    CASE WHEN relation.relispartition THEN ARRAY[
        above_namespace.nspname, above_relation.relname
    ]::text[] END AS attached_to,
    index.indisclustered AS clustered,
    index.indisreplident AS replica_identity,
    CASE WHEN index.indexprs IS NOT NULL THEN (
        SELECT array_agg(own.attnum || ' ' || own.attstattarget ORDER BY own.attnum)
        FROM pg_attribute AS own
        WHERE own.attrelid = index.indexrelid AND own.attstattarget >= 0
    ) END AS statistics
-- PostgreSQL 14 has no indnullsnotdistinct: the name then finds this false instead.
FROM (SELECT false AS indnullsnotdistinct) AS before_15
CROSS JOIN pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid
JOIN pg_am AS method ON method.oid = relation.relam
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = relation.reltablespace
LEFT JOIN pg_inherits AS above ON above.inhrelid = index.indexrelid
LEFT JOIN pg_class AS above_relation ON above_relation.oid = above.inhparent
LEFT JOIN pg_namespace AS above_namespace ON above_namespace.oid = above_relation.relnamespace
CROSS JOIN LATERAL (
    -- Each of these lists is made once, and is short.
    SELECT
        index.indexprs IS NULL
        AND index.indcollation::oid[] <@ ARRAY[0, 100]::oid[]
        AND NOT index.indclass::oid[] && ARRAY(
            SELECT class.oid FROM pg_opclass AS class WHERE NOT class.opcdefault
        )
        AND index.indexrelid NOT IN (SELECT own.attrelid FROM own)
        -- A column with a collation of its own may be indexed by the default one.
        AND index.indrelid NOT IN (SELECT own.attrelid FROM own) AS keys
    OFFSET 0
) AS plain
WHERE
    -- An index is in the schema of its table.
    relation.relkind IN ('i', 'I')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND index.indrelid <> ALL (%(skipped)s::oid[])
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS restriction
        WHERE restriction.conindid = index.indexrelid AND restriction.contype IN ('p', 'u', 'x')
    )
    AND index.indexrelid NOT IN (
        SELECT call.objid
        FROM pg_depend AS call
        JOIN pg_proc AS function ON function.oid = call.refobjid
        JOIN pg_namespace AS function_namespace ON function_namespace.oid = function.pronamespace
        WHERE call.classid = 'pg_class'::regclass
            AND call.refclassid = 'pg_proc'::regclass
            AND function_namespace.nspname = 'gnkmigrate'
    );
