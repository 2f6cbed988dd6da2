-- What there is under gnkmigrate's names, and what speaks against working with it; one row.
-- Names alone prove nothing: whoever may create schemas may have made them beforehand.
WITH session AS (
    SELECT role.oid, role.rolsuper AS is_super, database.datdba
    FROM pg_catalog.pg_roles AS role, pg_catalog.pg_database AS database
    WHERE role.rolname = current_user AND database.datname = pg_catalog.current_database()
), schema AS (
    SELECT namespace.oid, namespace.nspname, namespace.nspowner, namespace.nspacl
    FROM pg_catalog.pg_namespace AS namespace
    WHERE namespace.nspname = ANY (%(schemas)s) OR namespace.oid IN ({legacy})
), untrusted AS (
    -- Who has fewer rights than the session, or others. The owner of the database may be believed
    -- when he is only read; what the journal remembers is run, too, and not with a superuser's
    -- rights because he says so.
    SELECT role.oid, pg_catalog.quote_ident(role.rolname) AS rolname
    FROM pg_catalog.pg_roles AS role, session
    WHERE EXISTS (SELECT FROM schema)
      AND NOT role.rolsuper AND role.oid <> session.oid
      AND (session.is_super OR NOT pg_catalog.pg_has_role(session.oid, role.oid, 'MEMBER'))
      AND (%(writing)s AND session.is_super
           OR role.oid <> session.datdba AND role.rolname <> 'pg_database_owner')
), relation AS (
    SELECT class.oid, class.relname, class.relkind, class.relpersistence, class.relowner,
           class.relrowsecurity, class.relacl,
           pg_catalog.format('table %%I.%%I', schema.nspname, class.relname) AS called
    FROM schema JOIN pg_catalog.pg_class AS class ON class.relnamespace = schema.oid
    WHERE schema.nspname = %(journal)s AND class.relname = ANY (%(tables)s)
), problem (place, is_owner, text) AS (
    SELECT 1, true, pg_catalog.format('schema %%I belongs to %%s', nspname, rolname)
    FROM schema JOIN untrusted ON untrusted.oid = nspowner
    UNION ALL
    SELECT 2, false, pg_catalog.format('%%s may create objects in schema %%I',
                                coalesce(rolname, 'everybody'), nspname)
    FROM schema
    CROSS JOIN pg_catalog.aclexplode(nspacl) AS granted
    LEFT JOIN untrusted ON untrusted.oid = granted.grantee
    WHERE granted.privilege_type = 'CREATE' AND granted.grantee <> nspowner
      AND (granted.grantee = 0 OR rolname IS NOT NULL)
    UNION ALL
    SELECT 3, true, pg_catalog.format('%%s belongs to %%s', called, rolname)
    FROM relation JOIN untrusted ON untrusted.oid = relowner
    UNION ALL
    SELECT 3, false, pg_catalog.format('%%s may write to %%s', coalesce(rolname, 'everybody'), called)
    FROM relation
    CROSS JOIN pg_catalog.aclexplode(relacl) AS granted
    LEFT JOIN untrusted ON untrusted.oid = granted.grantee
    WHERE granted.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
      AND granted.grantee <> relowner AND (granted.grantee = 0 OR rolname IS NOT NULL)
    UNION ALL
    SELECT 4, false, pg_catalog.format('%%s is not as gnkmigrate makes it', called)
    FROM relation
    WHERE (relkind, relpersistence) <> ('r', 'p')
       OR EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE oid IN (inhrelid, inhparent))
       OR (%(columns)s::jsonb -> relname::text) IS DISTINCT FROM (
           SELECT pg_catalog.jsonb_agg(pg_catalog.format(
                      '%%s %%s%%s%%s%%s', attname, pg_catalog.format_type(atttypid, atttypmod),
                      CASE WHEN attnotnull THEN ' NOT NULL' END,
                      CASE WHEN attgenerated <> '' OR attidentity <> '' THEN ' GENERATED' END,
                      ' DEFAULT ' || pg_catalog.pg_get_expr(adbin, adrelid)) ORDER BY attnum)
           FROM pg_catalog.pg_attribute
           LEFT JOIN pg_catalog.pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
           WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped)
    UNION ALL
    -- Nothing of the journal's tables needs what is not PostgreSQL's own, which pg_depend leaves
    -- out: not a constraint, a default, an index or a column.
    SELECT 4, false, pg_catalog.format('%%s depends on %%s', called,
                                pg_catalog.pg_describe_object(refclassid, refobjid, refobjsubid))
    FROM relation
    CROSS JOIN LATERAL (
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, relation.oid
        UNION ALL
        SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, oid FROM pg_catalog.pg_attrdef
        WHERE adrelid = relation.oid
        UNION ALL
        SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, oid FROM pg_catalog.pg_constraint
        WHERE conrelid = relation.oid
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, indexrelid FROM pg_catalog.pg_index
        WHERE indrelid = relation.oid
    ) AS part (classid, objid)
    JOIN pg_catalog.pg_depend USING (classid, objid)
    WHERE refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,
                         'pg_catalog.pg_operator'::pg_catalog.regclass,
                         'pg_catalog.pg_opclass'::pg_catalog.regclass,
                         'pg_catalog.pg_type'::pg_catalog.regclass)
    UNION ALL
    SELECT 5, false, pg_catalog.format('trigger %%I on %%s', tgname, called)
    FROM relation JOIN pg_catalog.pg_trigger ON tgrelid = relation.oid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT 5, false, pg_catalog.format('rule %%I on %%s', rulename, called)
    FROM relation JOIN pg_catalog.pg_rewrite ON ev_class = relation.oid
    UNION ALL
    SELECT 5, false, pg_catalog.format('row security of %%s', called) FROM relation WHERE relrowsecurity
    UNION ALL
    SELECT 5, false, pg_catalog.format('policy %%I on %%s', polname, called)
    FROM relation JOIN pg_catalog.pg_policy ON polrelid = relation.oid
    UNION ALL
    SELECT 5, false, pg_catalog.format('foreign key %%I of table %%s, to %%s', conname,
                                conrelid::pg_catalog.regclass, called)
    FROM relation JOIN pg_catalog.pg_constraint ON confrelid = relation.oid
    WHERE conrelid NOT IN (SELECT oid FROM relation)
    UNION ALL
    -- One that runs as its owner, with names that nobody can plant, gives that owner nothing.
    SELECT 6, true, pg_catalog.format('function %%s belongs to %%s', func.oid::pg_catalog.regprocedure,
                                rolname)
    FROM schema
    JOIN pg_catalog.pg_proc AS func ON func.pronamespace = schema.oid
    JOIN untrusted ON untrusted.oid = func.proowner
    WHERE schema.nspname = %(journal)s
      AND NOT (func.prosecdef
               AND 'search_path=pg_catalog, pg_temp' = ANY (func.proconfig))
)
SELECT EXISTS (SELECT FROM relation WHERE relname = 'run'),
       ARRAY(SELECT text FROM problem WHERE is_owner GROUP BY place, text ORDER BY place, text),
       ARRAY(SELECT text FROM problem WHERE NOT is_owner GROUP BY place, text ORDER BY place, text)
