-- Functions find names by the session's own search_path, after pg_catalog, unless there is a function
-- or an operator in it that could be taken for one of PostgreSQL's that takes arguments of any type.
SET search_path = pg_catalog, pg_temp;
DO $path$
DECLARE
    own text := (SELECT concat_ws(', ', 'pg_catalog', nullif(reset_val, ''), 'pg_temp')
                 FROM pg_settings WHERE name = 'search_path');
    looked_in name[];
BEGIN
    PERFORM set_config('search_path', own, false);
    looked_in := pg_catalog.current_schemas(false);
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    IF NOT EXISTS (
        WITH named (classid, objid, name, place, arguments) AS (
            SELECT 'pg_proc'::regclass, oid, proname, pronamespace, proargtypes::oid[] FROM pg_proc
            UNION ALL SELECT 'pg_operator'::regclass, oid, oprname, oprnamespace,
                             ARRAY[oprleft, oprright] FROM pg_operator
        )
        SELECT FROM named AS theirs JOIN pg_namespace ON pg_namespace.oid = theirs.place
        JOIN named AS ours ON (ours.classid, ours.name) = (theirs.classid, theirs.name)
        WHERE nspname = ANY (looked_in) AND nspname <> 'pg_catalog'
            AND ours.place = 'pg_catalog'::regnamespace
            AND EXISTS (SELECT FROM pg_type WHERE oid = ANY (ours.arguments) AND typtype = 'p')
            AND NOT EXISTS (
                SELECT FROM unnest(ours.arguments, theirs.arguments) AS argument (ours, theirs)
                JOIN pg_type AS wide ON wide.oid = argument.ours
                JOIN pg_type AS given ON given.oid = argument.theirs
                WHERE given.typtype <> 'd' AND CASE
                    WHEN wide.typname ~ 'array$' THEN given.typcategory <> 'A'
                    WHEN wide.typname = 'anyenum' THEN given.typtype <> 'e'
                    WHEN wide.typname ~ '^any.*range$' THEN given.typtype NOT IN ('r', 'm')
                    WHEN wide.typname = 'record' THEN given.typtype <> 'c'
                    ELSE false
                END
            )
            AND (theirs.classid, theirs.objid) NOT IN (
                SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
    ) THEN
        PERFORM set_config('search_path', own, false);
    END IF;
END $path$;
