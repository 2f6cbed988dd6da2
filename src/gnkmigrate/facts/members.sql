-- What extensions have made: it belongs to them and is no fact of its own.
SELECT link.classid, link.objid
FROM pg_depend AS link
WHERE
    link.refclassid = 'pg_extension'::regclass
    AND link.objid >= 16384
    AND link.deptype = 'e';
