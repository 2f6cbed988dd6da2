-- Indexes that no constraint owns. A partition's copy of its parent's index stays out, and so do
-- those that look up rows for gnkmigrate while the old shape is kept: they call its functions.
SELECT
    ARRAY[namespace.nspname, relation.relname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'definition', described.definition,
        'unique', index.indisunique,
        'keys', described.keys,
        'include', described.include,
        'predicate', described.predicate,
        'method', method.amname,
        'valid', index.indisvalid,
        'nulls_not_distinct', described.nulls_not_distinct
    ) AS payload,
    jsonb_build_object(
        'unique', index.indisunique,
        'method', method.amname,
        'keys', described.keys,
        'include', described.include,
        'predicate', described.predicate
    ) AS subject,
    'pg_class'::regclass::oid AS classid,
    index.indexrelid AS objid,
    0 AS objsubid,
    'pg_class'::regclass::oid AS parent_classid,
    index.indrelid AS parent_objid,
    0 AS parent_objsubid
-- PostgreSQL 14 has no indnullsnotdistinct: below, the name then finds this false instead.
FROM (SELECT false AS indnullsnotdistinct) AS before_15
CROSS JOIN pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_am AS method ON method.oid = relation.relam
JOIN pg_class AS owner ON owner.oid = index.indrelid
JOIN pg_namespace AS owner_namespace ON owner_namespace.oid = owner.relnamespace
CROSS JOIN LATERAL (
    SELECT
        -- What pg_get_indexdef says before this is exactly: CREATE INDEX name ON table.
        substr(
            pg_get_indexdef(index.indexrelid),
            length(
                'CREATE ' || CASE WHEN index.indisunique THEN 'UNIQUE ' ELSE '' END
                || 'INDEX ' || quote_ident(relation.relname)
                || ' ON ' || CASE relation.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END
                || quote_ident(owner_namespace.nspname) || '.' || quote_ident(owner.relname)
                || ' '
            ) + 1
        ) AS definition,
        (
            SELECT jsonb_agg(
                CASE
                    WHEN key.number = 0
                    THEN pg_get_indexdef(index.indexrelid, key.ordinality::integer, false)
                    ELSE quote_ident(attribute.attname)
                END
                || CASE
                    WHEN
                        index.indcollation[key.ordinality - 1] NOT IN (
                            0,
                            coalesce(
                                attribute.attcollation, 'pg_catalog."default"'::regcollation
                            )
                        )
                    THEN ' COLLATE ' || (
                        SELECT quote_ident(rule_namespace.nspname)
                            || '.' || quote_ident(rule.collname)
                        FROM pg_collation AS rule
                        JOIN pg_namespace AS rule_namespace
                            ON rule_namespace.oid = rule.collnamespace
                        WHERE rule.oid = index.indcollation[key.ordinality - 1]
                    )
                    ELSE ''
                END
                || CASE
                    WHEN
                        index.indclass[key.ordinality - 1] IN (
                            SELECT class.oid FROM pg_opclass AS class WHERE NOT class.opcdefault
                        )
                    THEN ' ' || (
                        SELECT quote_ident(class_namespace.nspname)
                            || '.' || quote_ident(class.opcname)
                        FROM pg_opclass AS class
                        JOIN pg_namespace AS class_namespace
                            ON class_namespace.oid = class.opcnamespace
                        WHERE class.oid = index.indclass[key.ordinality - 1]
                    )
                    ELSE ''
                END
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
            LEFT JOIN pg_attribute AS attribute
                ON attribute.attrelid = index.indrelid
                AND attribute.attnum = key.number
                AND key.number <> 0
            WHERE key.ordinality <= index.indnkeyatts
        ) AS keys,
        (
            SELECT coalesce(jsonb_agg(attribute.attname ORDER BY key.ordinality), '[]')
            FROM unnest(index.indkey::smallint[]) WITH ORDINALITY AS key (number, ordinality)
            JOIN pg_attribute AS attribute
                ON attribute.attrelid = index.indrelid
                AND attribute.attnum = key.number
            WHERE key.ordinality > index.indnkeyatts
        ) AS include,
        pg_get_expr(index.indpred, index.indrelid) AS predicate,
        (
            SELECT indnullsnotdistinct
            FROM pg_index AS itself
            WHERE itself.indexrelid = index.indexrelid
        ) AS nulls_not_distinct
    -- Without this the planner would write each of these out, and work it out, twice.
    OFFSET 0
) AS described
WHERE
    relation.relnamespace = ANY (%(schemas)s::oid[])
    AND owner.oid <> ALL (%(skipped)s::oid[])
    AND owner.relkind IN ('r', 'p', 'm')
    AND NOT relation.relispartition
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
