-- The tables of the schemas with what one must know to write another row like those that they have:
-- their columns, which of them are unique together, and which can be given a new value. Old columns
-- that are kept beside new ones, known by their defaults, are nobody's to write here.
WITH kept AS MATERIALIZED (
    SELECT definition.adrelid AS relation, definition.adnum AS number
    FROM pg_attrdef AS definition
    JOIN pg_depend AS call
        ON call.classid = 'pg_attrdef'::regclass AND call.objid = definition.oid
    JOIN pg_proc AS function
        ON call.refclassid = 'pg_proc'::regclass AND call.refobjid = function.oid
    WHERE function.pronamespace = to_regnamespace('gnkmigrate')
)

SELECT namespace.nspname::text,
       class.relname::text,
       ARRAY(
           SELECT attribute.attname::text FROM pg_attribute AS attribute
           WHERE attribute.attrelid = class.oid AND attribute.attnum > 0
             AND NOT attribute.attisdropped AND attribute.attgenerated = ''
             AND (class.oid, attribute.attnum) NOT IN (TABLE kept)
           ORDER BY attribute.attnum
       ),
       -- Unique indexes, the primary key's first; columns of an expression stand for it.
       coalesce((
           SELECT jsonb_agg(key.columns ORDER BY key.is_primary DESC, key.is_partial, key.index)
           FROM (
               SELECT index.indexrelid AS index, index.indisprimary AS is_primary,
                      index.indpred IS NOT NULL OR index.indexprs IS NOT NULL AS is_partial,
                      ARRAY(
                          SELECT attribute.attname::text FROM pg_attribute AS attribute
                          WHERE attribute.attrelid = class.oid AND attribute.attnum > 0
                            AND (attribute.attnum = ANY (index.indkey) OR EXISTS (
                                SELECT FROM pg_depend AS use
                                WHERE use.classid = 'pg_class'::regclass
                                  AND use.objid = index.indexrelid
                                  AND use.refobjid = class.oid
                                  AND use.refobjsubid = attribute.attnum))
                          ORDER BY attribute.attnum
                      ) AS columns
               FROM pg_index AS index
               WHERE index.indrelid = class.oid
                 AND (index.indisunique OR index.indisexclusion)
                 AND NOT EXISTS (
                     SELECT FROM kept
                     WHERE kept.relation = class.oid AND kept.number = ANY (index.indkey))
           ) AS key
       ), '[]'),
       coalesce((
           SELECT jsonb_object_agg(attribute.attname, CASE
               WHEN type.typname = 'uuid' THEN 'uuid'
               WHEN type.typcategory = 'N' THEN 'number'
               WHEN type.typcategory = 'S' THEN 'text'
               WHEN type.typname IN ('date', 'timestamp', 'timestamptz') THEN 'time'
           END)
           FROM pg_attribute AS attribute
           JOIN pg_type AS type ON type.oid = attribute.atttypid
           WHERE attribute.attrelid = class.oid AND attribute.attnum > 0
             AND attribute.attgenerated = '' AND NOT attribute.attisdropped
             AND (type.typname IN ('uuid', 'date', 'timestamp', 'timestamptz')
                  OR type.typcategory IN ('N', 'S'))
             AND NOT EXISTS (
                 SELECT FROM pg_constraint AS key
                 WHERE key.contype = 'f' AND key.conrelid = class.oid
                   AND attribute.attnum = ANY (key.conkey))
       ), '{}'),
       -- Bit 1 of tgtype: BEFORE.
       EXISTS (SELECT FROM pg_trigger AS trigger WHERE trigger.tgrelid = class.oid
               AND NOT trigger.tgisinternal AND trigger.tgtype & 2 = 2)
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = ANY (%(schemas)s)
  AND class.relkind IN ('r', 'p')
  AND NOT class.relispartition
ORDER BY 1, 2
