-- Gives the functions of schema gnkmigrate to whom they belong, and takes them from everybody else.
--
-- A trigger function that runs as its owner (SECURITY DEFINER) evaluates what belongs to the table:
-- casts, domains, defaults, further triggers. So it belongs to that table's owner, and nobody else
-- may call it; a trigger asks for no right when it fires (manual, CREATE TRIGGER, Notes). What such
-- functions call stays the migrating role's, and runs as its caller.
DO $gnkmigrate$
DECLARE
    path text := pg_catalog.current_setting('search_path');
    -- Looked up once, and not for each function of the database.
    ours oid := pg_catalog.to_regnamespace('gnkmigrate');
    staging oid := pg_catalog.to_regnamespace('gnkmigrate_staging');
    statements text[];
    statement text;
    shared text;
BEGIN
    -- Names are printed in full where they are not in the path.
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);

    WITH called AS (
        SELECT pg_trigger.tgfoid AS oid, pg_class.relowner AS owner, pg_class.relname AS name
        FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND pronamespace = ours
          -- A table that has still to take its place is nobody's but the migrating role's.
          AND relnamespace IS DISTINCT FROM staging
    ), owner AS (
        SELECT DISTINCT owner AS oid, quote_ident(pg_get_userbyid(owner)) AS name FROM called
    ), function AS (
        SELECT
            pg_proc.oid,
            pg_proc.oid::regprocedure AS name,
            proowner,
            prosecdef,
            coalesce(proacl, acldefault('f', proowner)) AS acl,
            -- A trigger's is its table's owner's; another that runs as its owner serves those.
            CASE
                WHEN NOT prosecdef THEN '{}'
                WHEN prorettype = 'trigger'::regtype
                    THEN ARRAY(SELECT DISTINCT owner FROM called WHERE called.oid = pg_proc.oid)
                ELSE ARRAY(SELECT oid FROM owner)
            END AS owners,
            prorettype = 'trigger'::regtype AS triggered,
            -- Whoever writes a row calls what an index, a default or a policy names: as himself.
            NOT prosecdef AND prorettype <> 'trigger'::regtype AND (
                provolatile = 'i' OR EXISTS (
                    SELECT FROM pg_depend
                    WHERE refclassid = 'pg_proc'::regclass AND refobjid = pg_proc.oid
                      AND classid IN ('pg_attrdef'::regclass, 'pg_class'::regclass,
                                      'pg_constraint'::regclass, 'pg_policy'::regclass,
                                      'pg_rewrite'::regclass)
                )
            ) AS open,
            NOT EXISTS (
                SELECT FROM unnest(proconfig) AS setting WHERE starts_with(setting, 'search_path=')
            ) AS searching
        FROM pg_proc
        WHERE pronamespace = ours
    ), held AS (
        SELECT function.oid, grantee, pg_get_userbyid(grantee) AS role
        FROM function CROSS JOIN LATERAL aclexplode(acl)
    ), room AS (
        SELECT pg_namespace.oid, nspname, quote_ident(nspname) AS name, nspowner,
               coalesce(nspacl, acldefault('n', nspowner)) AS acl
        FROM pg_namespace
        WHERE nspname IN ('gnkmigrate', 'gnkmigrate_archive', 'gnkmigrate_staging')
    ), served AS (
        -- What a follower writes to: the table that has this one's name, or is the only owner's.
        SELECT pg_class.oid, relnamespace, relowner, relkind, owner.oid AS role, owner.name,
               format('%I.%I', nspname, relname) AS thing,
               coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
                                           relowner)) AS acl
        FROM pg_class
        JOIN room ON room.oid = relnamespace
        CROSS JOIN owner
        WHERE nspname <> 'gnkmigrate' AND relkind IN ('r', 'p', 'S')
          AND ((SELECT count(*) FROM owner) = 1
               OR EXISTS (SELECT FROM called WHERE called.owner = owner.oid
                          AND called.name = pg_class.relname))
    ), wanted (place, statement) AS (
        SELECT 1, format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', name)
        FROM function WHERE prosecdef AND searching
        UNION ALL
        SELECT 2, format('REVOKE ALL ON FUNCTION %s FROM %s', function.name,
                         CASE held.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(role) END)
        FROM function
        JOIN held USING (oid)
        WHERE grantee <> proowner AND NOT (grantee = 0 AND open)
          AND (triggered OR grantee NOT IN (SELECT owner.oid FROM owner))
        UNION ALL
        SELECT 2, format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', name)
        FROM function
        WHERE open AND NOT EXISTS (SELECT FROM held WHERE held.oid = function.oid AND grantee = 0)
        UNION ALL
        SELECT 2, format('GRANT EXECUTE ON FUNCTION %s TO %s', function.name, owner.name)
        FROM function CROSS JOIN owner
        WHERE NOT triggered AND NOT open AND NOT prosecdef AND proowner <> owner.oid
          AND NOT EXISTS (SELECT FROM held
                          WHERE held.oid = function.oid AND grantee = owner.oid)
        UNION ALL
        -- Whom a function is given has to be allowed to create one there (manual, ALTER FUNCTION).
        SELECT 3 + place, format(text, room.name, function.name, owner.name)
        FROM function
        JOIN owner ON owner.oid = ALL (owners) AND cardinality(owners) = 1
        JOIN room ON nspname = 'gnkmigrate'
        CROSS JOIN LATERAL (VALUES
            (0, 'GRANT CREATE ON SCHEMA %1$s TO %3$s'),
            (1, 'ALTER FUNCTION %2$s OWNER TO %3$s'),
            (2, 'REVOKE CREATE ON SCHEMA %1$s FROM %3$s')
        ) AS given (place, text)
        WHERE proowner <> owner.oid
          AND (given.place = 1 OR NOT has_schema_privilege(owner.oid, room.oid, 'CREATE'))
        UNION ALL
        SELECT 6, format('GRANT USAGE ON SCHEMA %s TO %s', room.name, owner.name)
        FROM owner CROSS JOIN room
        WHERE NOT has_schema_privilege(owner.oid, room.oid, 'USAGE')
          AND (nspname = 'gnkmigrate'
               OR EXISTS (SELECT FROM served WHERE relnamespace = room.oid AND role = owner.oid))
        UNION ALL
        SELECT 6, format(
            CASE relkind WHEN 'S' THEN 'GRANT USAGE ON SEQUENCE %s TO %s'
                         ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLE %s TO %s'
            END, thing, name)
        FROM served
        WHERE role <> relowner AND NOT EXISTS (
            SELECT FROM aclexplode(acl)
            WHERE grantee = role AND privilege_type IN ('TRUNCATE', 'USAGE'))
        UNION ALL
        -- It was for these alone: whoever has nothing there any more needs no way in.
        SELECT 7, format('REVOKE USAGE ON SCHEMA %s FROM %I', room.name, pg_get_userbyid(grantee))
        FROM room CROSS JOIN LATERAL aclexplode(acl)
        WHERE grantee NOT IN (0, nspowner) AND privilege_type = 'USAGE'
          AND grantee NOT IN (SELECT oid FROM owner)
          AND NOT EXISTS (
              SELECT FROM pg_class
              CROSS JOIN LATERAL aclexplode(relacl) AS on_table
              WHERE relnamespace = room.oid AND on_table.grantee = aclexplode.grantee)
          AND NOT EXISTS (
              SELECT FROM pg_proc
              CROSS JOIN LATERAL aclexplode(proacl) AS on_function
              WHERE pronamespace = room.oid AND on_function.grantee = aclexplode.grantee)
    )
    SELECT coalesce(array_agg(wanted.statement ORDER BY wanted.place), '{}') INTO statements
    FROM wanted;

    -- Two owners cannot share one: it would have the rights of the other's table.
    SELECT format('Function %s runs for tables of several owners: %s', pg_proc.oid::regprocedure,
                  string_agg(DISTINCT pg_get_userbyid(relowner)::text, ', '))
    INTO shared
    FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid
    JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND prosecdef AND pronamespace = ours
      AND relnamespace IS DISTINCT FROM staging
    GROUP BY pg_proc.oid
    HAVING count(DISTINCT relowner) > 1
    LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = shared,
            HINT = 'Make one function for the tables of each owner.';
    END IF;

    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM pg_catalog.set_config('search_path', path, false);
END
$gnkmigrate$
