-- Constraints of tables, by what they constrain. PostgreSQL 18's NOT NULL constraints stay out:
-- the column says it. So do the copies that partitions and children hold of their parent's.
SELECT
    ARRAY[namespace.nspname, relation.relname, restriction.conname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'type', kind.type,
        'definition', kind.definition,
        'columns', own.columns,
        'references', reference.target,
        'expression', kind.expression,
        'validated', restriction.convalidated
    ) AS payload,
    CASE restriction.contype
        WHEN 'c' THEN jsonb_build_object('type', kind.type, 'expression', kind.expression)
        WHEN 'x' THEN jsonb_build_object('type', kind.type, 'definition', kind.definition)
        ELSE jsonb_build_object(
            'type', kind.type, 'columns', own.columns, 'references', reference.target
        )
    END AS subject,
    'pg_constraint'::regclass::oid AS classid,
    restriction.oid AS objid,
    0 AS objsubid,
    'pg_class'::regclass::oid AS parent_classid,
    restriction.conrelid AS parent_objid,
    0 AS parent_objsubid
FROM pg_constraint AS restriction
JOIN pg_class AS relation ON relation.oid = restriction.conrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE restriction.contype
            WHEN 'p' THEN 'primary key'
            WHEN 'u' THEN 'unique'
            WHEN 'f' THEN 'foreign key'
            WHEN 'c' THEN 'check'
            WHEN 'x' THEN 'exclusion'
        END AS type,
        -- Whether it has been validated is a value of its own.
        regexp_replace(pg_get_constraintdef(restriction.oid), ' NOT VALID$', '') AS definition,
        CASE WHEN restriction.contype = 'c'
            THEN pg_get_expr(restriction.conbin, restriction.conrelid)
        END AS expression
    -- Without this the planner would write each of these out, and work it out, twice.
    OFFSET 0
) AS kind
CROSS JOIN LATERAL (
    -- A check has its columns in the order of the table, which does not count.
    SELECT coalesce(
        jsonb_agg(
            attribute.attname
            ORDER BY
                CASE WHEN restriction.contype <> 'c' THEN key.ordinality END,
                attribute.attname
        ),
        '[]'
    ) AS columns
    FROM unnest(restriction.conkey) WITH ORDINALITY AS key (number, ordinality)
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = restriction.conrelid
        AND attribute.attnum = key.number
) AS own
LEFT JOIN LATERAL (
    SELECT jsonb_build_object(
        'schema', target_namespace.nspname,
        'table', target.relname,
        'columns', (
            SELECT jsonb_agg(attribute.attname ORDER BY key.ordinality)
            FROM unnest(restriction.confkey) WITH ORDINALITY AS key (number, ordinality)
            JOIN pg_attribute AS attribute
                ON attribute.attrelid = restriction.confrelid
                AND attribute.attnum = key.number
        )
    ) AS target
    FROM pg_class AS target
    JOIN pg_namespace AS target_namespace ON target_namespace.oid = target.relnamespace
    WHERE target.oid = restriction.confrelid
) AS reference ON restriction.contype = 'f'
WHERE
    restriction.contype IN ('p', 'u', 'f', 'c', 'x')
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND restriction.conparentid = 0
    AND (restriction.conislocal OR restriction.coninhcount = 0);
