-- Views that read, directly, a table with row security as a role that the policies do not bind.
-- A view's option is kept as written: on, true, yes and 1 are all true (manual, CREATE VIEW).
SELECT
    namespace.nspname AS schema,
    class.relname AS view,
    class.relkind = 'm' AS materialized,
    owner.rolname::text AS owner,
    array_agg(DISTINCT format('%%s.%%s', read_namespace.nspname, read.relname)) AS tables,
    opened.readers,
    -- Who could not read the view any more if it ran as them.
    (
        SELECT array_agg(DISTINCT reader.name ORDER BY reader.name)
        FROM unnest(opened.readers) AS reader (name)
        JOIN pg_rewrite AS every ON every.ev_class = class.oid
        JOIN pg_depend AS needed
            ON needed.classid = 'pg_rewrite'::regclass
            AND needed.objid = every.oid
            AND needed.refclassid = 'pg_class'::regclass
            AND needed.refobjid <> class.oid
        WHERE NOT has_any_column_privilege(
            CASE reader.name WHEN 'PUBLIC' THEN 'public' ELSE reader.name END,
            needed.refobjid, 'SELECT'
        )
    ) AS lacking
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_roles AS owner ON owner.oid = class.relowner
JOIN pg_rewrite AS rule ON rule.ev_class = class.oid
JOIN pg_depend AS dependency
    ON dependency.classid = 'pg_rewrite'::regclass
    AND dependency.objid = rule.oid
    AND dependency.refclassid = 'pg_class'::regclass
JOIN pg_class AS read ON read.oid = dependency.refobjid AND read.relkind IN ('r', 'p')
JOIN pg_namespace AS read_namespace ON read_namespace.oid = read.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT CASE
        WHEN item.grantee = 0 THEN 'PUBLIC'
        ELSE pg_get_userbyid(item.grantee)::text
    END) AS readers
    FROM aclexplode(class.relacl) AS item
    LEFT JOIN pg_roles AS reader ON reader.oid = item.grantee
    WHERE
        item.grantee <> class.relowner
        AND item.privilege_type = 'SELECT'
        AND reader.rolsuper IS NOT TRUE
        AND reader.rolbypassrls IS NOT TRUE
) AS opened
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND class.relkind IN ('v', 'm')
    AND read.relrowsecurity
    AND opened.readers IS NOT NULL
    AND NOT EXISTS (
        SELECT
        FROM pg_options_to_table(class.reloptions) AS option
        WHERE
            option.option_name = 'security_invoker'
            AND lower(option.option_value) IN ('on', 'true', 'yes', '1', 't', 'y')
    )
    AND (
        owner.rolsuper
        OR owner.rolbypassrls
        OR (NOT read.relforcerowsecurity AND pg_has_role(owner.oid, read.relowner, 'USAGE'))
    )
GROUP BY namespace.nspname, class.oid, class.relname, class.relkind, owner.rolname, opened.readers
ORDER BY namespace.nspname, class.relname
