-- The columns of the schemas' tables, with what decides which values they can take: the type below
-- any domain, a foreign key of which the column is a part, and the place of the column in it.
WITH RECURSIVE base AS (
    SELECT oid AS type, oid AS base, typtypmod AS modifier
    FROM pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT pg_type.oid, base.base,
           CASE WHEN pg_type.typtypmod >= 0 THEN pg_type.typtypmod ELSE base.modifier END
    FROM pg_type JOIN base ON base.type = pg_type.typbasetype
    WHERE pg_type.typtype = 'd'
)
SELECT nspname AS schema,
       relname AS relation,
       attname AS column,
       pg_type.typname AS type,
       CASE WHEN atttypmod >= 0 THEN atttypmod ELSE base.modifier END AS modifier,
       attnotnull AS not_null,
       pg_attrdef.oid IS NOT NULL AS has_default,
       attidentity <> '' OR attgenerated <> '' OR EXISTS (
           SELECT FROM pg_depend
           JOIN pg_class AS sequence ON sequence.oid = refobjid AND sequence.relkind = 'S'
           WHERE pg_depend.classid = 'pg_attrdef'::regclass AND pg_depend.objid = pg_attrdef.oid
       ) AS gives_itself,
       ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = pg_type.oid
             ORDER BY enumsortorder) AS labels,
       key.schema AS referenced_schema,
       key.relation AS referenced_relation,
       key.column AS referenced_column,
       key.columns AS referenced_columns
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
JOIN base ON base.type = atttypid
JOIN pg_type ON pg_type.oid = base.base
LEFT JOIN pg_attrdef ON adrelid = pg_class.oid AND adnum = attnum
LEFT JOIN LATERAL (
    SELECT target_schema.nspname AS schema, target.relname AS relation,
           (SELECT attname FROM pg_attribute
            WHERE attrelid = confrelid
              AND attnum = confkey[array_position(conkey, pg_class_column.attnum)]) AS column,
           ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS part (number, place)
                 JOIN pg_attribute ON attrelid = confrelid AND attnum = number
                 ORDER BY place) AS columns
    FROM pg_constraint
    CROSS JOIN (SELECT pg_attribute.attnum) AS pg_class_column
    JOIN pg_class AS target ON target.oid = confrelid
    JOIN pg_namespace AS target_schema ON target_schema.oid = target.relnamespace
    WHERE contype = 'f' AND conrelid = pg_class.oid AND pg_class_column.attnum = ANY (conkey)
    ORDER BY conname
    LIMIT 1
) AS key ON true
WHERE nspname = ANY (%(schemas)s) AND relkind IN ('r', 'p') AND NOT relispartition
ORDER BY nspname, relname, attnum
