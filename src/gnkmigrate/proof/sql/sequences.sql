-- All sequences, with the columns whose next value each gives: that which it belongs to, and those
-- whose default draws from it.
SELECT
    class.oid::bigint AS sequence,
    namespace.nspname::text AS schema,
    class.relname::text AS name,
    sequence.seqincrement AS increment,
    sequence.seqmin AS minimum,
    sequence.seqmax AS maximum,
    sequence.seqcycle AS cycles,
    coalesce(filled.columns, '[]') AS columns
FROM pg_sequence AS sequence
JOIN pg_class AS class ON class.oid = sequence.seqrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN LATERAL (
    SELECT jsonb_agg(
        DISTINCT jsonb_build_array(there.nspname, relation.relname, attribute.attname)
    )
    FROM (
        SELECT owner.refobjid, owner.refobjsubid
        FROM pg_depend AS owner
        WHERE
            owner.classid = 'pg_class'::regclass AND owner.objid = class.oid
            AND owner.refclassid = 'pg_class'::regclass AND owner.refobjsubid > 0
            AND owner.deptype IN ('a', 'i')
        UNION
        SELECT expression.adrelid, expression.adnum
        FROM pg_depend AS use
        JOIN pg_attrdef AS expression ON expression.oid = use.objid
        WHERE
            use.classid = 'pg_attrdef'::regclass
            AND use.refclassid = 'pg_class'::regclass AND use.refobjid = class.oid
    ) AS filled (relation, number)
    JOIN pg_class AS relation ON relation.oid = filled.relation AND relation.relkind IN ('r', 'p')
    JOIN pg_namespace AS there ON there.oid = relation.relnamespace
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = filled.relation AND attribute.attnum = filled.number
    WHERE attribute.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
) AS filled (columns) ON true
WHERE
    class.relpersistence <> 't'
    AND namespace.nspname <> 'information_schema'
    AND NOT starts_with(namespace.nspname, 'pg_')
ORDER BY namespace.nspname, class.relname;
