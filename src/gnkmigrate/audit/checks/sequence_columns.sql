-- Columns that a sequence fills with rising numbers, be it their own or by default, where an index
-- knows the highest value. Row security would hide some from a role that it binds.
SELECT
    namespace.nspname AS schema,
    class.relname AS relation,
    attribute.attname AS column,
    own_namespace.nspname AS sequence_schema,
    own.relname AS sequence,
    sequence.seqincrement AS increment,
    has_schema_privilege(namespace.oid, 'USAGE')
    AND has_table_privilege(class.oid, 'SELECT')
    AND has_sequence_privilege(dependency.sequence, 'SELECT')
    AND NOT row_security_active(class.oid) AS readable
FROM (
    SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number
    FROM pg_depend
    WHERE
        classid = 'pg_class'::regclass
        AND refclassid = 'pg_class'::regclass
        AND deptype IN ('a', 'i')
    UNION
    SELECT pg_depend.refobjid, attrdef.adrelid, attrdef.adnum
    FROM pg_depend
    JOIN pg_attrdef AS attrdef ON attrdef.oid = pg_depend.objid
    WHERE
        pg_depend.classid = 'pg_attrdef'::regclass
        AND pg_depend.refclassid = 'pg_class'::regclass
        -- Of what else is made of a number nobody knows what it should be ahead of.
        AND starts_with(pg_get_expr(attrdef.adbin, attrdef.adrelid), 'nextval(')
) AS dependency
JOIN pg_class AS class ON class.oid = dependency.relation
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_attribute AS attribute
    ON attribute.attrelid = class.oid
    AND attribute.attnum = dependency.number
JOIN pg_class AS own ON own.oid = dependency.sequence AND own.relkind = 'S'
JOIN pg_namespace AS own_namespace ON own_namespace.oid = own.relnamespace
JOIN pg_sequence AS sequence ON sequence.seqrelid = own.oid
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND class.relkind IN ('r', 'p')
    AND NOT class.relispartition
    AND attribute.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    AND sequence.seqincrement > 0
    AND NOT sequence.seqcycle
    AND EXISTS (
        SELECT
        FROM pg_index
        WHERE
            pg_index.indrelid = class.oid
            AND pg_index.indkey[0] = attribute.attnum
            AND pg_index.indisvalid
            AND pg_index.indpred IS NULL
            AND (SELECT amname FROM pg_am JOIN pg_class AS i ON i.relam = pg_am.oid
                WHERE i.oid = pg_index.indexrelid) = 'btree'
    )
ORDER BY namespace.nspname, class.relname, attribute.attname
