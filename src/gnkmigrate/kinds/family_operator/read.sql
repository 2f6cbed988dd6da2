-- Operators that are loose in an operator family: they belong to no operator class.
SELECT
    entry.oid,
    0 AS subid,
    entry.amopfamily AS parent,
    0 AS parent_subid,
    entry.amopstrategy || ' (' || format_type(entry.amoplefttype, NULL) || ', '
        || format_type(entry.amoprighttype, NULL) || ')' AS name,
    0 AS position,
    quote_ident(namespace.nspname) || '.' || operator.oprname AS operator,
    quote_ident(order_namespace.nspname) || '.' || quote_ident(ordering.opfname) AS ordering
FROM pg_amop AS entry
JOIN pg_opfamily AS family ON family.oid = entry.amopfamily
JOIN pg_operator AS operator ON operator.oid = entry.amopopr
JOIN pg_namespace AS namespace ON namespace.oid = operator.oprnamespace
LEFT JOIN pg_opfamily AS ordering ON ordering.oid = entry.amopsortfamily
LEFT JOIN pg_namespace AS order_namespace ON order_namespace.oid = ordering.opfnamespace
WHERE
    family.opfnamespace = ANY (%(schemas)s::oid[])
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS link
        WHERE link.classid = 'pg_amop'::regclass
            AND link.objid = entry.oid
            AND link.refclassid = 'pg_opclass'::regclass
    );
