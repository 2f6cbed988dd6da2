-- Support functions that are loose in an operator family: they belong to no operator class.
SELECT
    entry.oid,
    0 AS subid,
    entry.amprocfamily AS parent,
    0 AS parent_subid,
    entry.amprocnum || ' (' || format_type(entry.amproclefttype, NULL) || ', '
        || format_type(entry.amprocrighttype, NULL) || ')' AS name,
    0 AS position,
    entry.amproc::regprocedure::text AS function
FROM pg_amproc AS entry
JOIN pg_opfamily AS family ON family.oid = entry.amprocfamily
WHERE
    family.opfnamespace = ANY (%(schemas)s::oid[])
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE link.classid = 'pg_amproc'::regclass
            AND link.objid = entry.oid
            AND link.refclassid = 'pg_opclass'::regclass
    );
