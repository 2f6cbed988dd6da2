-- Columns with rising numbers of a sequence of their own, where an index knows the highest value.
-- Row security would hide some from a role that it binds.
SELECT
    namespace.nspname AS schema,
    class.relname AS relation,
    attribute.attname AS column,
    own_namespace.nspname AS sequence_schema,
    own.relname AS sequence,
    sequence.seqincrement AS increment,
    has_schema_privilege(namespace.oid, 'USAGE')
    AND has_table_privilege(class.oid, 'SELECT')
    AND has_sequence_privilege(dependency.objid, 'SELECT')
    AND NOT row_security_active(class.oid) AS readable
FROM pg_depend AS dependency
JOIN pg_class AS class ON class.oid = dependency.refobjid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_attribute AS attribute
    ON attribute.attrelid = class.oid
    AND attribute.attnum = dependency.refobjsubid
JOIN pg_class AS own ON own.oid = dependency.objid AND own.relkind = 'S'
JOIN pg_namespace AS own_namespace ON own_namespace.oid = own.relnamespace
JOIN pg_sequence AS sequence ON sequence.seqrelid = own.oid
WHERE
    dependency.classid = 'pg_class'::regclass
    AND dependency.refclassid = 'pg_class'::regclass
    AND dependency.deptype IN ('a', 'i')
    AND namespace.nspname = ANY (%(schemas)s)
    AND class.relkind IN ('r', 'p')
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
