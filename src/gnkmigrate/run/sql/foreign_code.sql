-- What statements on these tables would run with the rights of the session although it belongs to
-- a role that has fewer: a line for each, sorted; with a relation's or a type's name, and what sets
-- it off: 'reading' rows, 'comparing' them with what they should be, 'changing' something,
-- or 'mistaking' it for what is meant, by a name in one of the schemas in which names are found. And
-- what an expression may call, by its name: 'calling' what is of such a role, an 'attribute' of a
-- row that is a function of it (manual, 4.2.6), what is 'powerful'. And who else may be 'writing'
-- rows, where %(writers)s, or 'giving' some by a function that runs as its owner.
WITH RECURSIVE session AS (
    SELECT oid, rolsuper AS is_super FROM pg_catalog.pg_roles WHERE rolname = current_user
), lesser AS (
    SELECT role.oid, role.rolname
    FROM session, pg_catalog.pg_roles AS role
    WHERE NOT role.rolsuper AND role.oid <> session.oid
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
), func AS (
    -- One that is SECURITY DEFINER runs as its owner.
    SELECT proc.oid, pg_catalog.format('function %%s of %%I', proc.oid::pg_catalog.regprocedure,
                                       lesser.rolname) AS called
    FROM pg_catalog.pg_proc AS proc
    JOIN lesser ON lesser.oid = proc.proowner
    WHERE NOT proc.prosecdef
), powerful AS (
    -- PostgreSQL's own, and of its extensions, that run SQL from a text, act on the server, or are
    -- not for everybody. Nobody needs the right to EXECUTE one to put it into an expression.
    SELECT proc.oid, pg_catalog.format('function %%s',
                                       proc.oid::pg_catalog.regprocedure) AS called
    FROM pg_catalog.pg_proc AS proc
    JOIN pg_catalog.pg_language ON pg_language.oid = proc.prolang AND lanname IN ('internal', 'c')
    WHERE proc.proname ~ '^(dblink|crosstab|connectby|xpath_table)'
       OR proc.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
          AND (
              proc.proparallel = 'u' AND proc.proname NOT IN (
                  'nextval', 'currval', 'lastval', 'current_schema', 'current_schemas',
                  'txid_current', 'txid_current_if_assigned', 'pg_current_xact_id',
                  'pg_current_xact_id_if_assigned'
              )
              OR proc.proname ~ '_to_xml'
              OR proc.proname IN ('pg_terminate_backend', 'pg_cancel_backend')
              OR proc.proacl IS NOT NULL AND NOT EXISTS (
                  SELECT FROM pg_catalog.aclexplode(proc.proacl) WHERE grantee = 0
              )
          )
), looked_in AS (
    SELECT pg_namespace.oid, place
    FROM pg_catalog.unnest(%(schemas)s::text[]) WITH ORDINALITY AS given (name, place)
    JOIN pg_catalog.pg_namespace ON nspname = name
), nameable AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS classid, pg_class.oid, relname AS name,
           relowner AS owner, place, true AS owns_name
    FROM pg_catalog.pg_class JOIN looked_in ON looked_in.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    -- With those of rows, which have the name of their table.
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, pg_type.oid, typname, typowner, place,
           coalesce(relkind = 'c', true)
    FROM pg_catalog.pg_type JOIN looked_in ON looked_in.oid = typnamespace
    LEFT JOIN pg_catalog.pg_class ON pg_class.oid = typrelid
    WHERE typelem = 0
), touched (oid) AS (
    -- By its name in the catalog: to_regclass fails in a schema that the session may not use.
    SELECT pg_class.oid
    FROM pg_catalog.unnest(%(tables)s::text[]) AS given,
        pg_catalog.parse_ident(given) AS name
    JOIN pg_catalog.pg_class ON relname = name[2]
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace AND nspname = name[1]
    -- Where nobody else has anything there is nothing to look for.
    WHERE EXISTS (SELECT FROM func)
       OR EXISTS (SELECT FROM pg_catalog.pg_class AS owned JOIN lesser ON relowner = lesser.oid)
       OR %(writers)s
    UNION
    SELECT inhrelid FROM touched JOIN pg_catalog.pg_inherits ON inhparent = touched.oid
), used_type (relation, oid) AS (
    SELECT touched.oid, atttypid
    FROM touched JOIN pg_catalog.pg_attribute ON attrelid = touched.oid
    WHERE attnum > 0 AND NOT attisdropped
    UNION
    SELECT used_type.relation, part.oid
    FROM used_type JOIN pg_catalog.pg_type AS whole ON whole.oid = used_type.oid
    CROSS JOIN LATERAL (
        SELECT whole.typbasetype
        UNION ALL SELECT whole.typelem
        UNION ALL SELECT atttypid FROM pg_catalog.pg_attribute
        WHERE attrelid = whole.typrelid AND attnum > 0 AND NOT attisdropped
    ) AS part (oid)
    WHERE part.oid <> 0
), domain (oid, typname, base, maker) AS (
    -- And types that hold one, with all that they are made of: what is checked of a value is
    -- checked of theirs. The name of a table's row type is the table's, which may be read.
    SELECT pg_type.oid, typname, pg_type.oid, typowner
    FROM pg_catalog.pg_type LEFT JOIN pg_catalog.pg_class ON pg_class.oid = typrelid
    WHERE typtype IN ('d', 'r', 'm') OR typtype = 'c' AND relkind = 'c'
    UNION
    SELECT domain.oid, domain.typname, base.oid, base.typowner
    FROM domain JOIN pg_catalog.pg_type AS held ON held.oid = domain.base
    CROSS JOIN LATERAL (
        SELECT held.typbasetype
        UNION ALL SELECT held.typelem
        UNION ALL SELECT rngsubtype FROM pg_catalog.pg_range
        WHERE held.oid IN (rngtypid, rngmultitypid)
        UNION ALL SELECT atttypid FROM pg_catalog.pg_attribute
        WHERE attrelid = held.typrelid AND attnum > 0 AND NOT attisdropped
    ) AS part (oid)
    JOIN pg_catalog.pg_type AS base ON base.oid = part.oid
), object (relation, classid, objid, when_read, maker, expressions) AS (
    -- Its table's owner may have made it, or who has the right to.
    SELECT touched.oid, 'pg_catalog.pg_trigger'::pg_catalog.regclass, pg_trigger.oid, false,
           coalesce((SELECT lesser.oid FROM lesser
                     WHERE pg_catalog.has_table_privilege(lesser.oid, touched.oid, 'TRIGGER')
                     ORDER BY lesser.oid <> relowner LIMIT 1), relowner),
           tgqual::text
    FROM touched JOIN pg_catalog.pg_trigger ON tgrelid = touched.oid
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    WHERE NOT tgisinternal AND tgenabled <> 'D'
    UNION ALL
    SELECT touched.oid, 'pg_catalog.pg_rewrite'::pg_catalog.regclass, pg_rewrite.oid,
           ev_type = '1', relowner, pg_catalog.concat(ev_qual, ev_action)
    FROM touched JOIN pg_catalog.pg_rewrite ON ev_class = touched.oid
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    UNION ALL
    -- Before PostgreSQL 15 it is the column that depends on what generates its values.
    SELECT touched.oid, 'pg_catalog.pg_class'::pg_catalog.regclass, touched.oid,
           partexprs IS NOT NULL, relowner, partexprs::text
    FROM touched JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    LEFT JOIN pg_catalog.pg_partitioned_table ON partrelid = touched.oid
    UNION ALL
    SELECT touched.oid, 'pg_catalog.pg_attrdef'::pg_catalog.regclass, pg_attrdef.oid,
           attgenerated = 'v', relowner, adbin::text
    FROM touched JOIN pg_catalog.pg_attrdef ON adrelid = touched.oid
    JOIN pg_catalog.pg_attribute ON (attrelid, attnum) = (adrelid, adnum)
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    UNION ALL
    -- Of a table below another one the planner asks whether its check rules it out (20.7.4).
    SELECT touched.oid, 'pg_catalog.pg_constraint'::pg_catalog.regclass, pg_constraint.oid,
           contype = 'c' AND EXISTS (
               SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = touched.oid),
           relowner, conbin::text
    FROM touched JOIN pg_catalog.pg_constraint ON conrelid = touched.oid
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    UNION ALL
    SELECT relation, 'pg_catalog.pg_constraint'::pg_catalog.regclass, pg_constraint.oid, false,
           typowner, conbin::text
    FROM used_type JOIN pg_catalog.pg_constraint ON contypid = used_type.oid
    JOIN pg_catalog.pg_type ON pg_type.oid = used_type.oid
    UNION ALL
    SELECT relation, 'pg_catalog.pg_type'::pg_catalog.regclass, used_type.oid, false, typowner,
           typdefaultbin::text
    FROM used_type JOIN pg_catalog.pg_type ON pg_type.oid = used_type.oid
    UNION ALL
    -- A cast of a type of the user's: assignments and comparisons look for one.
    SELECT relation, 'pg_catalog.pg_cast'::pg_catalog.regclass, pg_cast.oid, false, NULL, NULL
    FROM used_type JOIN pg_catalog.pg_cast ON used_type.oid IN (castsource, casttarget)
    JOIN pg_catalog.pg_type AS made ON made.oid = used_type.oid
    WHERE made.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
    UNION ALL
    SELECT touched.oid, 'pg_catalog.pg_class'::pg_catalog.regclass, indexrelid, true, relowner,
           pg_catalog.concat(indexprs, indpred)
    FROM touched JOIN pg_catalog.pg_index ON indrelid = touched.oid
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    UNION ALL
    SELECT touched.oid, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, pg_statistic_ext.oid,
           true, stxowner, stxexprs::text
    FROM touched JOIN pg_catalog.pg_statistic_ext ON stxrelid = touched.oid
    UNION ALL
    SELECT touched.oid, 'pg_catalog.pg_policy'::pg_catalog.regclass, pg_policy.oid, true, relowner,
           pg_catalog.concat(polqual, polwithcheck)
    FROM touched JOIN pg_catalog.pg_policy ON polrelid = touched.oid
    JOIN pg_catalog.pg_class ON pg_class.oid = touched.oid
    UNION ALL
    SELECT NULL, 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, oid, false, NULL, NULL
    FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D'
), used AS (
    SELECT object.*, CASE
        WHEN when_read THEN 'reading'
        -- Whoever looks for rows that a constraint forbids evaluates it, and casts values.
        WHEN classid = 'pg_catalog.pg_cast'::pg_catalog.regclass OR EXISTS (
            SELECT FROM pg_catalog.pg_constraint WHERE oid = objid AND NOT convalidated
            AND classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
        ) THEN 'comparing'
        ELSE 'changing'
    END AS occasion
    FROM object
), found AS (
    SELECT relation, NULL::text AS named, occasion,
           pg_catalog.pg_describe_object(object.classid, object.objid, needed.objsubid)
           || ': ' || called AS line
    FROM used AS object
    JOIN pg_catalog.pg_depend AS needed USING (classid, objid)
    LEFT JOIN pg_catalog.pg_operator AS operator
        ON needed.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass
        AND operator.oid = needed.refobjid
    JOIN func
        ON func.oid = CASE needed.refclassid WHEN 'pg_catalog.pg_proc'::pg_catalog.regclass
                                             THEN needed.refobjid ELSE operator.oprcode END
    UNION
    -- A pinned function is in no pg_depend, but in the tree of the expression.
    SELECT relation, NULL, occasion,
           pg_catalog.format('%%s: %%s with an argument of %%I',
                             pg_catalog.pg_describe_object(object.classid, object.objid, 0),
                             called, lesser.rolname)
    FROM used AS object
    CROSS JOIN LATERAL pg_catalog.regexp_matches(
        expressions, ':(?:op)?funcid (\d+) ', 'g'
    ) AS call
    JOIN powerful ON powerful.oid = call[1]::pg_catalog.oid
    JOIN lesser ON lesser.oid = maker
    UNION
    -- A value becomes one of a type that no column has: by a cast, or as a domain checks it.
    SELECT NULL, typname, 'comparing',
           pg_catalog.pg_describe_object('pg_catalog.pg_cast'::pg_catalog.regclass, pg_cast.oid, 0)
           || ': ' || called
    FROM pg_catalog.pg_cast JOIN func ON func.oid = castfunc
    JOIN pg_catalog.pg_type ON pg_type.oid IN (castsource, casttarget)
    WHERE typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
    UNION
    SELECT NULL, domain.typname, 'comparing',
           pg_catalog.pg_describe_object(
               'pg_catalog.pg_constraint'::pg_catalog.regclass, pg_constraint.oid, 0
           ) || ': ' || called
    FROM domain JOIN pg_catalog.pg_constraint ON contypid = domain.base
    JOIN (SELECT * FROM func UNION ALL SELECT * FROM powerful) AS code
        ON code.oid IN (
            SELECT call[1]::pg_catalog.oid
            FROM pg_catalog.regexp_matches(conbin::text, ':(?:op)?funcid (\d+) ', 'g') AS call)
    WHERE EXISTS (SELECT FROM func WHERE func.oid = code.oid)
       OR domain.maker IN (SELECT oid FROM lesser)
    UNION
    -- Of several by one name PostgreSQL takes the one that fits best (manual, 10.2 and 10.3), so
    -- that another one's is called instead of PostgreSQL's, an extension's or a third role's.
    SELECT NULL, NULL, 'mistaking', called || ', which may be taken for ' || coalesce((
        SELECT 'that of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(own.proowner))
        FROM pg_catalog.pg_proc AS own
        WHERE own.proname = planted.proname AND own.proowner <> planted.proowner
          AND own.pronamespace IN (SELECT oid FROM looked_in) LIMIT 1), 'PostgreSQL''s')
    FROM func JOIN pg_catalog.pg_proc AS planted USING (oid)
    WHERE prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
      AND EXISTS (
          SELECT FROM pg_catalog.pg_proc AS own
          WHERE own.proname = planted.proname AND own.proowner <> planted.proowner
            AND CASE WHEN planted.pronamespace IN (SELECT oid FROM looked_in)
                     THEN own.pronamespace IN (SELECT oid FROM looked_in)
                          OR own.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
                     -- By its name with a schema it is found in whatever schema that is.
                     ELSE own.pronamespace = planted.pronamespace
                          AND EXISTS (SELECT FROM looked_in) END)
    UNION
    -- uuid(x) is a cast, and name(row) a column, where no function is called so (manual, 4.2.9 and
    -- 8.16.5).
    SELECT NULL, NULL, 'mistaking', called || ', which may be taken for a cast to type '
           || pg_catalog.format_type(meant.oid, NULL)
    FROM func JOIN pg_catalog.pg_proc AS planted USING (oid)
    JOIN pg_catalog.pg_type AS meant
        ON meant.typname = planted.proname AND meant.typowner <> planted.proowner
        AND meant.typrelid = 0
        AND (meant.typnamespace IN (SELECT oid FROM looked_in)
             OR meant.typnamespace = 'pg_catalog'::pg_catalog.regnamespace)
    WHERE pronamespace IN (SELECT oid FROM looked_in)
      AND prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
      AND pronargs > 0 AND pronargs - pronargdefaults <= 1
    UNION
    SELECT NULL, NULL, 'mistaking', called || ', which may be taken for a column of '
           || pg_catalog.format_type(proargtypes[0], NULL)
    FROM func JOIN pg_catalog.pg_proc AS planted USING (oid)
    JOIN pg_catalog.pg_type AS whole ON whole.oid = proargtypes[0]
    JOIN pg_catalog.pg_attribute ON attrelid = typrelid AND attname = proname AND attnum > 0
    WHERE pronamespace IN (SELECT oid FROM looked_in)
    UNION
    SELECT NULL, NULL, 'mistaking', pg_catalog.format('operator %%s: %%s, which may be taken for another''s',
                                          sign.oid::pg_catalog.regoperator, called)
    FROM func JOIN pg_catalog.pg_operator AS sign ON sign.oprcode = func.oid
    WHERE sign.oprnamespace IN (SELECT oid FROM looked_in)
      AND EXISTS (
          SELECT FROM pg_catalog.pg_operator AS own
          WHERE own.oprname = sign.oprname AND own.oprowner <> sign.oprowner
            AND (own.oprnamespace IN (SELECT oid FROM looked_in)
                 OR own.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace))
    UNION ALL
    SELECT NULL, nspname || '.' || proname, 'calling', called
    FROM func JOIN pg_catalog.pg_proc USING (oid)
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
    UNION ALL
    SELECT NULL, nspname || '.' || oprname, 'calling', called
    FROM func JOIN pg_catalog.pg_operator ON oprcode = func.oid
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = oprnamespace
    UNION ALL
    SELECT NULL, nspname || '.' || proname, 'powerful', called
    FROM powerful JOIN pg_catalog.pg_proc USING (oid)
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
    UNION ALL
    SELECT NULL, nspname || '.' || proname, 'attribute', called
    FROM func JOIN pg_catalog.pg_proc USING (oid)
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
    JOIN pg_catalog.pg_type ON pg_type.oid = proargtypes[0]
    WHERE typtype IN ('c', 'p')
    UNION ALL
    SELECT NULL, nspname || '.' || proname, 'giving',
           pg_catalog.format('function %%s of %%I', proc.oid::pg_catalog.regprocedure, rolname)
    FROM pg_catalog.pg_proc AS proc
    JOIN lesser ON lesser.oid = proowner
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
    WHERE prosecdef AND %(writers)s
    UNION ALL
    SELECT touched.oid, NULL, 'writing',
           pg_catalog.format('%%s: %%s%%s may write it',
               pg_catalog.pg_describe_object(
                   'pg_catalog.pg_class'::pg_catalog.regclass, touched.oid, 0),
               pg_catalog.array_to_string((pg_catalog.array_agg(
                   pg_catalog.quote_ident(rolname) ORDER BY rolname))[:3], ', '),
               CASE WHEN pg_catalog.count(*) > 3 THEN ' and others' END)
    FROM touched JOIN pg_catalog.pg_class USING (oid)
    JOIN lesser ON %(writers)s AND rolname !~ '^pg_'
    WHERE pg_catalog.pg_has_role(lesser.oid, relowner, 'MEMBER')
       OR pg_catalog.has_any_column_privilege(lesser.oid, touched.oid, 'INSERT, UPDATE')
       OR pg_catalog.has_table_privilege(lesser.oid, touched.oid, 'TRIGGER')
    GROUP BY touched.oid
    UNION
    -- A type is the first of its name in the path, and so is a table, view or sequence.
    SELECT NULL, NULL, 'mistaking',
           pg_catalog.format('%%s of %%I, which may be taken for that of %%I',
               pg_catalog.pg_describe_object(hiding.classid, hiding.oid, 0),
               lesser.rolname, pg_catalog.pg_get_userbyid(hidden.owner))
    FROM nameable AS hiding
    JOIN lesser ON lesser.oid = hiding.owner
    JOIN nameable AS hidden
        ON hidden.name = hiding.name AND hidden.classid = hiding.classid
        AND hidden.owner <> hiding.owner AND hidden.place > hiding.place
    WHERE hiding.owns_name OR hidden.owns_name
)
SELECT found.line, coalesce(named, relname), occasion
FROM found LEFT JOIN pg_catalog.pg_class ON pg_class.oid = relation
ORDER BY line
