-- What is no fact of its own: what extensions have made, which belongs to them; and the old columns
-- that gnkmigrate keeps beside new ones, and new ones that it builds, known by their defaults, with
-- what hangs on them.
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

SELECT link.classid, link.objid, 0 AS objsubid
FROM pg_depend AS link
WHERE
    link.refclassid = 'pg_extension'::regclass
    AND link.objid >= 16384
    AND link.deptype = 'e'
UNION ALL
SELECT 'pg_class'::regclass, kept.adrelid, kept.adnum::integer
FROM kept
UNION ALL
SELECT 'pg_attrdef'::regclass, kept.oid, 0
FROM kept
UNION ALL
SELECT 'pg_class'::regclass, index.indexrelid, 0
FROM kept
JOIN pg_index AS index ON index.indrelid = kept.adrelid AND kept.adnum = ANY (index.indkey)
UNION ALL
SELECT 'pg_constraint'::regclass, restriction.oid, 0
FROM kept
JOIN pg_constraint AS restriction
    ON restriction.conrelid = kept.adrelid AND kept.adnum = ANY (restriction.conkey);
