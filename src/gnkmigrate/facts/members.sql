-- What is no fact of its own: what extensions have made, which belongs to them; and what hangs on
-- the old columns that gnkmigrate keeps beside new ones, which are known by their defaults.
WITH kept AS MATERIALIZED (
    SELECT definition.oid, definition.adrelid, definition.adnum
    FROM pg_proc AS function
    JOIN pg_depend AS call
        ON call.refclassid = 'pg_proc'::regclass
        AND call.refobjid = function.oid
        AND call.classid = 'pg_attrdef'::regclass
    JOIN pg_attrdef AS definition ON definition.oid = call.objid
    WHERE function.pronamespace = to_regnamespace('gnkmigrate')
)

SELECT link.classid, link.objid
FROM pg_depend AS link
WHERE
    link.refclassid = 'pg_extension'::regclass
    AND link.objid >= 16384
    AND link.deptype = 'e'
UNION ALL
SELECT 'pg_attrdef'::regclass, kept.oid
FROM kept
UNION ALL
SELECT 'pg_class'::regclass, index.indexrelid
FROM kept
JOIN pg_index AS index ON index.indrelid = kept.adrelid AND kept.adnum = ANY (index.indkey)
UNION ALL
SELECT 'pg_constraint'::regclass, restriction.oid
FROM kept
JOIN pg_constraint AS restriction
    ON restriction.conrelid = kept.adrelid AND kept.adnum = ANY (restriction.conkey);
