-- Sequences, except those inside identity columns.
SELECT
    ARRAY[namespace.nspname, relation.relname]::text[] AS path,
    0 AS position,
    jsonb_build_object(
        'type', format_type(sequence.seqtypid, NULL),
        'start', sequence.seqstart,
        'increment', sequence.seqincrement,
        'minimum', sequence.seqmin,
        'maximum', sequence.seqmax,
        'cache', sequence.seqcache,
        'cycle', sequence.seqcycle,
        'owned_by', owner.address
    ) AS payload,
    NULL::jsonb AS subject,
    'pg_class'::regclass::oid AS classid,
    relation.oid AS objid,
    0 AS objsubid,
    'pg_namespace'::regclass::oid AS parent_classid,
    relation.relnamespace AS parent_objid,
    0 AS parent_objsubid
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_sequence AS sequence ON sequence.seqrelid = relation.oid
LEFT JOIN LATERAL (
    SELECT
        link.deptype,
        jsonb_build_object(
            'schema', owner_namespace.nspname,
            'table', owner.relname,
            'column', attribute.attname
        ) AS address
    FROM pg_depend AS link
    JOIN pg_class AS owner ON owner.oid = link.refobjid
    JOIN pg_namespace AS owner_namespace ON owner_namespace.oid = owner.relnamespace
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = link.refobjid
        AND attribute.attnum = link.refobjsubid
    WHERE
        link.classid = 'pg_class'::regclass
        AND link.objid = relation.oid
        AND link.objsubid = 0
        AND link.refclassid = 'pg_class'::regclass
        AND link.refobjsubid > 0
        AND link.deptype IN ('a', 'i')
) AS owner ON true
WHERE
    relation.relkind = 'S'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND owner.deptype IS DISTINCT FROM 'i';
