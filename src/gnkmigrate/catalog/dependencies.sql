-- Which object needs which, and which belongs to which. Of pg_depend's types (manual, 52.18):
-- n and a are dependencies; i (the type of a table, the rule of a view, the index of a
-- constraint) and e (what an extension made) say which object stands for this one.
-- Objects below 16384 were made by initdb and are nobody's facts.
SELECT
    link.classid,
    link.objid,
    link.objsubid,
    link.refclassid,
    link.refobjid,
    link.refobjsubid,
    link.deptype IN ('i', 'e') AS belongs,
    link.deptype = 'e' AS extension
FROM pg_depend AS link
WHERE link.objid >= 16384 AND link.deptype IN ('n', 'a', 'i', 'e');
