-- Labels of security modules such as sepgsql: each module may give a thing one of its own, and is
-- named in front of it.
SELECT
    label.classoid AS catalog,
    label.objoid AS oid,
    label.objsubid AS subid,
    attribute.attname AS column,
    array_agg(label.provider || '=' || label.label ORDER BY label.provider) AS labels
FROM pg_seclabel AS label
LEFT JOIN pg_attribute AS attribute
    ON label.classoid = 'pg_class'::regclass
    AND label.objsubid > 0
    AND attribute.attrelid = label.objoid
    AND attribute.attnum = label.objsubid
GROUP BY label.classoid, label.objoid, label.objsubid, attribute.attname;
