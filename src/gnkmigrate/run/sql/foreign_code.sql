-- What statements on these tables would run with the rights of the session although it belongs to
-- a role that has fewer: a line for each, sorted.
WITH RECURSIVE session AS (
    SELECT oid, rolsuper AS is_super FROM pg_catalog.pg_roles WHERE rolname = current_user
), func AS (
    -- One that is SECURITY DEFINER runs as its owner.
    SELECT proc.oid, pg_catalog.format('function %%s of %%I', proc.oid::pg_catalog.regprocedure,
                                       role.rolname) AS called
    FROM session, pg_catalog.pg_proc AS proc
    JOIN pg_catalog.pg_roles AS role ON role.oid = proc.proowner
    WHERE NOT proc.prosecdef AND NOT role.rolsuper AND role.oid <> session.oid
      AND (
          session.is_super
          OR NOT pg_catalog.pg_has_role(session.oid, role.oid, 'MEMBER')
          -- A member of several owners has more than each of them. What pg_monitor and the roles
          -- that it is made of let a session see of the server does not count.
          OR EXISTS (
              SELECT FROM pg_catalog.pg_roles AS held
              WHERE held.oid <> session.oid
                AND held.rolname NOT IN (
                    'pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats',
                    'pg_stat_scan_tables'
                )
                AND pg_catalog.pg_has_role(session.oid, held.oid, 'MEMBER')
                AND NOT pg_catalog.pg_has_role(role.oid, held.oid, 'MEMBER')
          )
      )
), touched (oid) AS (
    -- By its name in the catalog: to_regclass fails in a schema that the session may not use.
    SELECT pg_class.oid
    FROM pg_catalog.unnest(%(tables)s::text[]) AS given,
        pg_catalog.parse_ident(given) AS name
    JOIN pg_catalog.pg_class ON relname = name[2]
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace AND nspname = name[1]
    UNION
    SELECT inhrelid FROM touched JOIN pg_catalog.pg_inherits ON inhparent = touched.oid
), used_type (oid) AS (
    SELECT atttypid FROM touched JOIN pg_catalog.pg_attribute ON attrelid = touched.oid
    WHERE attnum > 0 AND NOT attisdropped
    UNION
    SELECT part.oid
    FROM used_type JOIN pg_catalog.pg_type AS whole ON whole.oid = used_type.oid
    CROSS JOIN LATERAL (
        SELECT whole.typbasetype
        UNION ALL SELECT whole.typelem
        UNION ALL SELECT atttypid FROM pg_catalog.pg_attribute
        WHERE attrelid = whole.typrelid AND attnum > 0 AND NOT attisdropped
    ) AS part (oid)
    WHERE part.oid <> 0
), object (classid, objid) AS (
    SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, pg_trigger.oid
    FROM touched JOIN pg_catalog.pg_trigger ON tgrelid = touched.oid
    WHERE NOT tgisinternal AND tgenabled <> 'D'
    UNION ALL
    SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, pg_rewrite.oid
    FROM touched JOIN pg_catalog.pg_rewrite ON ev_class = touched.oid
    UNION ALL
    -- Before PostgreSQL 15 it is the column that depends on what generates its values.
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, touched.oid FROM touched
    UNION ALL
    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, pg_attrdef.oid
    FROM touched JOIN pg_catalog.pg_attrdef ON adrelid = touched.oid
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, pg_constraint.oid
    FROM touched JOIN pg_catalog.pg_constraint ON conrelid = touched.oid
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, pg_constraint.oid
    FROM used_type JOIN pg_catalog.pg_constraint ON contypid = used_type.oid
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid FROM used_type
    UNION ALL
    -- A cast of a type of the user's: assignments and comparisons look for one.
    SELECT 'pg_catalog.pg_cast'::pg_catalog.regclass, pg_cast.oid
    FROM used_type JOIN pg_catalog.pg_cast ON used_type.oid IN (castsource, casttarget)
    JOIN pg_catalog.pg_type AS made ON made.oid = used_type.oid
    WHERE made.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, indexrelid
    FROM touched JOIN pg_catalog.pg_index ON indrelid = touched.oid
    UNION ALL
    SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, pg_statistic_ext.oid
    FROM touched JOIN pg_catalog.pg_statistic_ext ON stxrelid = touched.oid
    UNION ALL
    SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, pg_policy.oid
    FROM touched JOIN pg_catalog.pg_policy ON polrelid = touched.oid
    UNION ALL
    SELECT 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, oid
    FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D'
)
SELECT DISTINCT pg_catalog.pg_describe_object(object.classid, object.objid, needed.objsubid)
                || ': ' || called AS line
FROM object
JOIN pg_catalog.pg_depend AS needed USING (classid, objid)
LEFT JOIN pg_catalog.pg_operator AS operator
    ON needed.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass
    AND operator.oid = needed.refobjid
JOIN func
    ON func.oid = CASE needed.refclassid WHEN 'pg_catalog.pg_proc'::pg_catalog.regclass
                                         THEN needed.refobjid ELSE operator.oprcode END
UNION
-- Of several by one name PostgreSQL takes the one that fits best (manual, 10.2 and 10.3).
SELECT called || ', which may be taken for PostgreSQL''s'
FROM func JOIN pg_catalog.pg_proc AS planted USING (oid)
WHERE pronamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                       WHERE nspname = ANY (%(schemas)s::text[]))
  AND (
      EXISTS (SELECT FROM pg_catalog.pg_proc AS own
              WHERE own.proname = planted.proname
                AND own.pronamespace = 'pg_catalog'::pg_catalog.regnamespace)
      OR EXISTS (SELECT FROM pg_catalog.pg_operator AS sign
                 JOIN pg_catalog.pg_operator AS own USING (oprname)
                 WHERE sign.oprcode = planted.oid
                   AND own.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace)
  )
ORDER BY line
