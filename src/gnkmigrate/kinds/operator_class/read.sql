-- Operator classes, with the operators and functions that belong to them rather than to their
-- families (PostgreSQL ties what is cross-type, or optional, to the family).
SELECT
    class.oid,
    0 AS subid,
    class.opcnamespace AS parent,
    0 AS parent_subid,
    class.opcname || ' USING ' || quote_ident(method.amname) AS name,
    0 AS position,
    format_type(class.opcintype, NULL) AS type,
    class.opcdefault AS default,
    quote_ident(family_namespace.nspname) || '.' || quote_ident(family.opfname) AS family,
    format_type(nullif(class.opckeytype, 0), NULL) AS storage,
    ARRAY(
        SELECT
            entry.amopstrategy || ' ' || quote_ident(namespace.nspname) || '.' || operator.oprname
            || ' (' || format_type(entry.amoplefttype, NULL) || ', '
            || format_type(entry.amoprighttype, NULL) || ')'
            || coalesce(
                ' FOR ORDER BY ' || quote_ident(order_namespace.nspname) || '.'
                || quote_ident(ordering.opfname),
                ''
            )
        FROM pg_depend AS link
        JOIN pg_amop AS entry ON entry.oid = link.objid
        JOIN pg_operator AS operator ON operator.oid = entry.amopopr
        JOIN pg_namespace AS namespace ON namespace.oid = operator.oprnamespace
        LEFT JOIN pg_opfamily AS ordering ON ordering.oid = entry.amopsortfamily
        LEFT JOIN pg_namespace AS order_namespace ON order_namespace.oid = ordering.opfnamespace
        WHERE link.classid = 'pg_amop'::regclass
            AND link.refclassid = 'pg_opclass'::regclass
            AND link.refobjid = class.oid
        ORDER BY entry.amopstrategy, 1
    ) AS operators,
    ARRAY(
        SELECT
            entry.amprocnum || ' (' || format_type(entry.amproclefttype, NULL) || ', '
            || format_type(entry.amprocrighttype, NULL) || ') ' || entry.amproc::regprocedure
        FROM pg_depend AS link
        JOIN pg_amproc AS entry ON entry.oid = link.objid
        WHERE link.classid = 'pg_amproc'::regclass
            AND link.refclassid = 'pg_opclass'::regclass
            AND link.refobjid = class.oid
        ORDER BY entry.amprocnum, 1
    ) AS functions
FROM pg_opclass AS class
JOIN pg_am AS method ON method.oid = class.opcmethod
JOIN pg_opfamily AS family ON family.oid = class.opcfamily
JOIN pg_namespace AS family_namespace ON family_namespace.oid = family.opfnamespace
WHERE class.opcnamespace = ANY (%(schemas)s::oid[]);
