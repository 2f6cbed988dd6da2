-- Sequences, except those inside identity columns.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    format_type(sequence.seqtypid, NULL) AS type,
    sequence.seqstart AS start,
    sequence.seqincrement AS increment,
    sequence.seqmin AS minimum,
    sequence.seqmax AS maximum,
    sequence.seqcache AS cache,
    sequence.seqcycle AS cycle,
    CASE WHEN owner.deptype IS NOT NULL THEN ARRAY[
        owner_namespace.nspname, owner_relation.relname, owner_attribute.attname
    ]::text[] END AS owned_by
FROM pg_class AS relation
JOIN pg_sequence AS sequence ON sequence.seqrelid = relation.oid
LEFT JOIN pg_depend AS owner
    ON owner.classid = 'pg_class'::regclass
    AND owner.objid = relation.oid
    AND owner.objsubid = 0
    AND owner.refclassid = 'pg_class'::regclass
    AND owner.refobjsubid > 0
    AND owner.deptype IN ('a', 'i')
LEFT JOIN pg_class AS owner_relation ON owner_relation.oid = owner.refobjid
LEFT JOIN pg_namespace AS owner_namespace ON owner_namespace.oid = owner_relation.relnamespace
LEFT JOIN pg_attribute AS owner_attribute
    ON owner_attribute.attrelid = owner.refobjid AND owner_attribute.attnum = owner.refobjsubid
WHERE
    relation.relkind = 'S'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[])
    AND owner.deptype IS DISTINCT FROM 'i';
