-- What is dropped along with an extension, though that has not made it: ALTER ... DEPENDS ON
-- EXTENSION. The index of a constraint has a name of its own. A partition's clone of a trigger has
-- none: there is no way to declare it.
SELECT
    link.classid AS catalog,
    link.objid AS oid,
    0 AS subid,
    key.relname AS column,
    array_agg(extension.extname ORDER BY extension.extname)::text[] AS extensions
FROM pg_depend AS link
JOIN pg_extension AS extension ON extension.oid = link.refobjid
LEFT JOIN pg_class AS key
    ON link.classid = 'pg_class'::regclass
    AND key.oid = link.objid
    AND key.relkind IN ('i', 'I')
WHERE
    link.refclassid = 'pg_extension'::regclass
    AND link.deptype = 'x'
    AND NOT (
        link.classid = 'pg_trigger'::regclass
        AND link.objid IN (SELECT trigger.oid FROM pg_trigger AS trigger WHERE trigger.tgparentid <> 0)
    )
GROUP BY link.classid, link.objid, key.relname;
