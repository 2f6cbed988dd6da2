-- The sequences inside identity columns.
SELECT
    relation.oid,
    0 AS subid,
    owner.refobjid AS parent,
    owner.refobjsubid AS parent_subid,
    attribute.attname AS name,
    0 AS position,
    CASE attribute.attidentity WHEN 'a' THEN 'always' ELSE 'by default' END AS generation,
    namespace.nspname AS sequence_schema,
    relation.relname AS sequence_name,
    CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    format_type(sequence.seqtypid, NULL) AS type,
    sequence.seqstart AS start,
    sequence.seqincrement AS increment,
    sequence.seqmin AS minimum,
    sequence.seqmax AS maximum,
    sequence.seqcache AS cache,
    sequence.seqcycle AS cycle
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_sequence AS sequence ON sequence.seqrelid = relation.oid
JOIN pg_depend AS owner
    ON owner.classid = 'pg_class'::regclass
    AND owner.objid = relation.oid
    AND owner.objsubid = 0
    AND owner.refclassid = 'pg_class'::regclass
    AND owner.deptype = 'i'
JOIN pg_attribute AS attribute
    ON attribute.attrelid = owner.refobjid AND attribute.attnum = owner.refobjsubid
JOIN pg_class AS holder ON holder.oid = owner.refobjid
WHERE
    relation.relkind = 'S'
    AND attribute.attidentity <> ''
    AND NOT holder.relispartition
    AND holder.relnamespace = ANY (%(schemas)s::oid[])
    AND holder.oid <> ALL (%(skipped)s::oid[]);
