-- Indexes that no constraint owns. Those that look up rows for gnkmigrate while the old shape is
-- kept stay out: they call its functions. Keys are NULL for plain columns in their usual order,
-- which the reader names by their numbers.
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
    CASE WHEN NOT plain.keys THEN (
        SELECT array_agg(
            CASE
                WHEN key.number = 0
                THEN pg_get_indexdef(index.indexrelid, key.ordinality::integer, false)
                ELSE quote_ident(attribute.attname)
            END
            || CASE
                WHEN
                    index.indcollation[key.ordinality - 1] NOT IN (
                        0, coalesce(attribute.attcollation, own.attcollation)
                    )
                THEN ' COLLATE ' || index.indcollation[key.ordinality - 1]::regcollation
                ELSE ''
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
            -- Bit 1 is DESC, bit 2 is NULLS FIRST (src/include/catalog/pg_index.h).
            || CASE index.indoption[key.ordinality - 1]
                WHEN 1 THEN ' DESC NULLS LAST'
                WHEN 2 THEN ' NULLS FIRST'
                WHEN 3 THEN ' DESC'
                ELSE ''
            END
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
        WHERE key.ordinality <= index.indnkeyatts
    ) END AS keys,
    CASE
        WHEN index.indpred IS NOT NULL THEN pg_get_expr(index.indpred, index.indrelid)
    END AS predicate,
    method.amname AS method,
    index.indisvalid AS valid,
    (
        SELECT indnullsnotdistinct
        FROM pg_index AS itself
        WHERE itself.indexrelid = index.indexrelid
    ) AS nulls_not_distinct,
    coalesce(relation.reloptions, '{}') AS options,
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
JOIN pg_class AS owner ON owner.oid = index.indrelid
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = relation.reltablespace
LEFT JOIN pg_inherits AS above ON above.inhrelid = index.indexrelid
LEFT JOIN pg_class AS above_relation ON above_relation.oid = above.inhparent
LEFT JOIN pg_namespace AS above_namespace ON above_namespace.oid = above_relation.relnamespace
CROSS JOIN LATERAL (
    SELECT
        index.indexprs IS NULL
        AND 0 = ALL (index.indoption::smallint[])
        AND index.indcollation::oid[] <@ ARRAY[0, 100, 950]::oid[]
        AND NOT EXISTS (
            SELECT
            FROM unnest(index.indclass::oid[]) AS used
            JOIN pg_opclass AS class ON class.oid = used
            WHERE NOT class.opcdefault
        )
        AND NOT EXISTS (
            SELECT
            FROM pg_attribute AS own
            WHERE own.attrelid = index.indexrelid AND own.attoptions IS NOT NULL
        )
        -- A column with a collation of its own may be indexed by the default one.
        AND NOT EXISTS (
            SELECT
            FROM unnest(index.indkey::smallint[]) AS number
            JOIN pg_attribute AS attribute
                ON attribute.attrelid = index.indrelid AND attribute.attnum = number
            WHERE attribute.attcollation NOT IN (0, 100, 950)
        ) AS keys
    OFFSET 0
) AS plain
WHERE
    owner.relnamespace = ANY (%(schemas)s::oid[])
    AND owner.oid <> ALL (%(skipped)s::oid[])
    AND owner.relkind IN ('r', 'p', 'm')
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS restriction
        WHERE restriction.conindid = index.indexrelid AND restriction.contype IN ('p', 'u', 'x')
    )
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS call
        JOIN pg_proc AS function ON function.oid = call.refobjid
        JOIN pg_namespace AS function_namespace ON function_namespace.oid = function.pronamespace
        WHERE call.classid = 'pg_class'::regclass
            AND call.objid = index.indexrelid
            AND call.refclassid = 'pg_proc'::regclass
            AND function_namespace.nspname = 'gnkmigrate'
    );
