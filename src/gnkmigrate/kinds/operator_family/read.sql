-- Operator families. What is loose in one is a family operator or a family function; what belongs
-- to an operator class is told there.
SELECT
    family.oid,
    0 AS subid,
    family.opfnamespace AS parent,
    0 AS parent_subid,
    family.opfname || ' USING ' || quote_ident(method.amname) AS name,
    0 AS position
FROM pg_opfamily AS family
JOIN pg_am AS method ON method.oid = family.opfmethod
WHERE family.opfnamespace = ANY (%(schemas)s::oid[]);
